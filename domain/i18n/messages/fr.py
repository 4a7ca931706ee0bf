"""French. The shopper is "vous"; a no-break space stands before "?" and ":"."""

from __future__ import annotations

from domain.i18n.messages.catalog import (
    AgentTexts,
    EmailConfirmationTexts,
    MessageCatalog,
    OpeningPhrase,
    UnseenReplyTexts,
)

FR = MessageCatalog(
    locale="fr",
    offer_text="Souhaitez-vous qu'une personne de notre équipe prenne le relais\u00a0? "
    "Elle pourra lire cette conversation.",
    accept_label="Oui, me mettre en relation avec un conseiller",
    decline_label="Non, merci",
    identity_email="Quelle est votre adresse e-mail\u00a0? "
    "Notre équipe pourra ainsi vous répondre même si vous quittez le chat.",
    identity_signed_in="Connectez-vous à votre compte pour que notre équipe sache qui elle aide.",
    sent_to_team="Votre conversation est maintenant entre les mains de notre équipe. Quelqu'un vous répondra ici.",
    answered_by_email="Votre conversation est maintenant entre les mains de notre équipe. "
    "Quelqu'un vous répondra par e-mail.",
    passed_on="Nous avons transmis votre message à notre équipe. La réponse vous parviendra par e-mail.",
    not_passed_on="Nous n'avons pas pu transmettre votre conversation pour le moment. "
    "Notre équipe est au courant et s'en occupe.",
    away="Notre équipe n'est pas disponible pour le moment. "
    "Votre message nous est bien parvenu et nous vous répondrons ici.",
    back="Nous serons de retour {when}.",
    stranded="Cela prend plus de temps que d'habitude, mais votre demande n'est pas oubliée\u00a0: "
    "notre équipe vous répondra ici.",
    withdrawn="C'est entendu, notre assistant reste à votre écoute. Continuez simplement à écrire ici.",
    agent=AgentTexts(
        hello="Bonjour ! En quoi puis-je vous aider ?",
        welcome="Je vous en prie !",
        unanswered="Je ne connais pas la réponse. Posez-moi une autre question, ou écrivez que vous souhaitez parler "
        "à une personne.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Confirmez votre adresse e-mail pour {shop}",
        claim="Une personne qui discute avec {shop} par chat a indiqué cette adresse e-mail comme la "
        "sienne\u00a0: {email}. Début du chat\u00a0: {began}.",
        link="Si ce chat est le vôtre, ouvrez ce lien dans les 24 heures et appuyez sur le bouton qui s'y "
        "trouve\u00a0:",
        ignore="Si ce chat n'est pas le vôtre, ignorez cet e-mail\u00a0: il ne se passera rien.",
        effect="Si vous confirmez, {shop} considérera la personne qui écrit dans ce chat comme titulaire de "
        "cette adresse et pourra la renseigner sur vos commandes et vos données.",
        caution="Confirmez uniquement si vous avez vous-même écrit dans ce chat, et jamais parce que quelqu'un "
        "d'autre vous le demande.",
        button="Oui, c'est mon chat",
        done="Votre adresse e-mail est confirmée. Vous pouvez revenir au chat.",
        expired="Ce lien n'est plus valable. Revenez au chat et demandez un nouvel e-mail.",
        changed="Le chat a maintenant une autre adresse e-mail. Revenez au chat et demandez un nouvel e-mail.",
        refused="Cette adresse ne peut plus être confirmée pour ce chat. Ouvrez un nouveau chat.",
        later="Cela ne fonctionne pas pour le moment. Attendez une minute et ouvrez de nouveau le lien.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop} : une réponse à votre conversation",
        opening="Vous avez quitté la conversation avec {shop} avant cette réponse. Vous pouvez continuer en "
        "répondant à cet e-mail.",
        caution="Cette adresse a été indiquée dans une conversation avec {shop}. Si ce n’était pas vous, "
        "ignorez cet e-mail : une réponse s’affiche dans cette conversation.",
    ),
    opening=OpeningPhrase(
        at="à {time}",
        today="aujourd'hui {at}",
        tomorrow="demain {at}",
        weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        on_date="le {weekday} {date} {at}",
    ),
)
