"""Italian. The shopper is "tu"; "alle ore" because "alle" alone would have to bend before one o'clock."""

from __future__ import annotations

from domain.i18n.messages.catalog import (
    AgentTexts,
    EmailConfirmationTexts,
    MessageCatalog,
    OpeningPhrase,
    UnseenReplyTexts,
)

IT = MessageCatalog(
    locale="it",
    offer_text="Vuoi che se ne occupi una persona del nostro team? Potrà leggere questa conversazione.",
    accept_label="Sì, mettimi in contatto con un operatore",
    decline_label="No, grazie",
    identity_email="Qual è il tuo indirizzo email? Così il nostro team potrà risponderti anche se lasci la chat.",
    identity_signed_in="Accedi al tuo account, così il nostro team saprà chi sta aiutando.",
    sent_to_team="Abbiamo passato la conversazione al nostro team. Qualcuno ti risponderà qui.",
    answered_by_email="Abbiamo passato la conversazione al nostro team. Qualcuno ti risponderà via email.",
    passed_on="Abbiamo passato il tuo messaggio al nostro team. La risposta ti arriverà via email.",
    not_passed_on="In questo momento non siamo riusciti a passare la conversazione. "
    "Il nostro team lo sa e se ne occuperà.",
    away="In questo momento il nostro team non è disponibile. Abbiamo ricevuto il tuo messaggio e ti risponderemo qui.",
    back="Torniamo {when}.",
    stranded="Ci vuole più tempo del solito, ma non ci siamo dimenticati di te: il nostro team ti risponderà qui.",
    withdrawn="D'accordo, resti con il nostro assistente. Puoi continuare a scrivere qui.",
    agent=AgentTexts(
        hello="Ciao! Come posso aiutarla?",
        welcome="Prego!",
        unanswered="Non conosco la risposta. Mi faccia un'altra domanda, o scriva che vorrebbe parlare con una "
        "persona.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Conferma il tuo indirizzo email per {shop}",
        claim="Qualcuno che sta chattando con {shop} ha indicato come proprio questo indirizzo email: "
        "{email}. Inizio della chat: {began}.",
        link="Se la chat è tua, apri questo link entro 24 ore e premi il pulsante che vi trovi:",
        ignore="Se la chat non è tua, ignora questa email: non succederà nulla.",
        effect="Se confermi, {shop} considererà chi scrive in questa chat come il titolare di questo indirizzo "
        "e potrà dargli informazioni sui tuoi ordini e sui tuoi dati.",
        caution="Conferma solo se hai scritto tu in questa chat, e mai perché te lo chiede qualcun altro.",
        button="Sì, è la mia chat",
        done="Il tuo indirizzo email è confermato. Puoi tornare alla chat.",
        expired="Questo link non è più valido. Torna alla chat e chiedi una nuova email.",
        changed="Nella chat ora c'è un altro indirizzo email. Torna alla chat e chiedi una nuova email.",
        refused="Questo indirizzo non può più essere confermato per questa chat. Inizia una nuova chat.",
        later="Al momento non funziona. Aspetta un minuto e apri di nuovo il link.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop}: una risposta alla tua chat",
        opening="Hai lasciato la chat con {shop} prima di questa risposta. Puoi continuare rispondendo a questa mail.",
        caution="Questo indirizzo è stato indicato in una chat con {shop}. Se non sei stato tu, ignora questa "
        "mail: una risposta viene mostrata in quella chat.",
    ),
    opening=OpeningPhrase(
        at="alle ore {time}",
        today="oggi {at}",
        tomorrow="domani {at}",
        weekdays=("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
        on_date="{weekday} {date} {at}",
    ),
)
