"""Italian. The shopper is "tu"; "alle ore" because "alle" alone would have to bend before one o'clock."""

from __future__ import annotations

from domain.i18n.messages.catalog import MessageCatalog, OpeningPhrase

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
    opening=OpeningPhrase(
        at="alle ore {time}",
        today="oggi {at}",
        tomorrow="domani {at}",
        weekdays=("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
        on_date="{weekday} {date} {at}",
    ),
)
