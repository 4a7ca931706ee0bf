"""The words by which `sentiment.py` scores a message, in the languages of Baton's own messages (`domain/i18n`).

A word that ends in * stands for all words that begin with it. The lists are short on purpose: a word is in them only if
it says in nearly every message of a shop that its writer is unhappy (or happy).
"""

from __future__ import annotations

VERY_NEGATIVE = """
    scam* fraud* lawyer* lawsuit* sue suing furious disgust* outrag* worst terribl* horribl* awful pathetic ridiculous
    disgrace* unacceptabl* appall* incompeten* rubbish garbage useless robbery thieves liars livid fuming
    betrug* betrueg* betrüg* abzocke* anwalt* katastroph* unverschämt* frechheit* unmöglich* widerlich* schrecklich*
    furchtbar* wütend* inakzeptab* skandal*
    arnaqu* escroc* avocat* honteu* scandal* inadmissibl* inacceptabl* catastroph* furieu* horribl* déplorabl* nul
    estaf* abogad* inaceptabl* horribl* furios* indignant* vergonzos* pésim* desastr* asquer*
    truff* avvocat* inaccettabil* vergogn* furios* orribil* pessim* disastr* schifo*
    burla* advogad* inaceitáve* vergonh* furios* horríve* péssim* desastr* absurdo*
    oplicht* advocaat* onacceptab* schandalig* woedend* verschrikkelijk* belachelijk* waardeloos
    bedrägeri* advokat* oacceptab* rasande skandal* fruktansvär* hemsk* värdelös*
    svindel* uacceptab* uakseptab* rasende forfærdelig* forferdelig* elendig* latterlig*
    huijau* huijar* asianajaj* raivoi* kauhea* törkeä* surkea* kamala*
    oszust* oszukal* oszukał* prawnik* skandal* wściek* okropn* fatal* tragicz*
"""

NEGATIVE = """
    angry annoy* upset unhappy disappoint* frustrat* bad badly broken poor never complain* complaint*
    unhelpful missing damaged defective worse hate hated sad fail* rude slow
    unprofessional impatient mess
    ärger* enttäusch* unzufrieden* schlecht* kaputt* falsch* beschwer* reklam* fehlt fehlerhaft* beschädigt*
    genervt* nerv* frustr* defekt* sauer
    déçu* décev* mécontent* mauvais* cassé* plaint* plaindre retard* énerv* frustr* abîmé* défectueu*
    decepc* decepcion* enfad* molest* malo mala mal roto rota queja* quejar* retraso* frustr* defectuos* dañad*
    delus* arrabbiat* insoddisfatt* rotto rotta reclam* ritard* frustr* difettos* danneggiat* sbagliat*
    desiludid* desapont* chatead* irritad* quebrad* reclam* atras* frustr* defeituos* danificad* errad* ruim
    teleurgesteld* boos ontevreden* slecht* kapot klacht* vertrag* frustr* beschadigd* verkeerd*
    besviken besvik* arg missnöjd* dålig* trasig* klag* försen* frustr* skadad*
    skuffe* vred utilfreds* misfornøyd* dårlig* ødela* klag* forsink* frustr* beskadig* skadet forkert
    pettyn* vihai* tyytymät* huono* rikki valit* myöhäs* turhau* vialli* väär*
    rozczarow* zły zla zła niezadowol* zepsut* reklamac* skarg* opóźni* frustr* uszkodz* błęd*
"""

POSITIVE = """
    great perfect love lovely loved happy excellent awesome amazing good nice wonderful helpful
    fantastic brilliant glad cheers
    super perfekt* toll* freue* prima klasse wunderbar* gut gute hilfreich* zufrieden*
    parfait* génial* super content* ravi* excellent* bien bon bonne
    perfect* genial* excelent* content* feliz bien bueno buena encant*
    perfett* ottim* content* bene fantastic* bravo brava
    perfeit* ótim* excelent* feliz bom boa adorei
    perfect* geweldig* blij goed fijn mooi
    perfekt* bra härlig* nöjd* toppen
    perfekt* fint fin flott glad godt dejlig*
    täydelli* hienoa hyvä hyvin mahtav*
    super świetn* dobrze dobry dobra zadowol*
"""

THANKS = """
    thanks thank thx appreciate* danke* merci* gracias grazie obrigad* bedankt dank tack* tak takk kiitos kiitti
    dziękuj* dzięki
"""

NEGATIONS = """
    not no never t cannot without dont doesnt didnt isnt wasnt wont cant hardly neither
    nicht kein keine keinen keinem keiner nie ohne
    pas jamais sans aucun aucune non nunca ningún ninguna sin non mai senza nessun nessuna não nunca sem nenhum nenhuma
    niet geen nooit zonder inte ingen inga aldrig utan ikke aldri uden uten ei eikä ole en koskaan nie bez żaden żadna
"""

ANGRY_SIGNS = "😠😡🤬👎😤🖕💩"
SAD_SIGNS = "😞😢😭😩😫🙁☹😒😑"
HAPPY_SIGNS = "😊🙂😀😃😄😁😍🥰❤👍🙏🎉"
