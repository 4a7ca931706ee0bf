"""Dutch. The shopper is "je"."""

from __future__ import annotations

from domain.i18n.messages.catalog import MessageCatalog, OpeningPhrase

NL = MessageCatalog(
    locale="nl",
    offer_text="Wil je dat iemand van ons team het overneemt? Diegene kan dit gesprek lezen.",
    accept_label="Ja, verbind me met een medewerker",
    decline_label="Nee, bedankt",
    identity_email="Wat is je e-mailadres? Dan kan ons team je ook bereiken als je de chat verlaat.",
    identity_signed_in="Log in op je account, zodat ons team weet wie het helpt.",
    sent_to_team="Je gesprek is nu bij ons team. Iemand antwoordt je hier.",
    answered_by_email="Je gesprek is nu bij ons team. Iemand antwoordt je per e-mail.",
    passed_on="We hebben je bericht aan ons team doorgegeven. Het antwoord krijg je per e-mail.",
    not_passed_on="We konden je gesprek nu niet doorgeven. Ons team weet ervan en gaat ermee aan de slag.",
    away="Er is nu niemand van ons team aanwezig. We hebben je bericht ontvangen en antwoorden je hier.",
    back="We zijn {when} weer terug.",
    stranded="Het duurt langer dan gewoonlijk. We zijn je niet vergeten: ons team antwoordt je hier.",
    withdrawn="Prima, je blijft bij onze assistent. Schrijf hier gerust verder.",
    opening=OpeningPhrase(
        at="om {time} uur",
        today="vandaag {at}",
        tomorrow="morgen {at}",
        weekdays=("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
        on_date="op {weekday} {date} {at}",
    ),
)
