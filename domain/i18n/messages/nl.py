"""Dutch. The shopper is "je"."""

from __future__ import annotations

from domain.i18n.messages.catalog import (
    AgentTexts,
    EmailConfirmationTexts,
    MessageCatalog,
    OpeningPhrase,
    UnseenReplyTexts,
)

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
    agent=AgentTexts(
        hello="Hallo! Waarmee kan ik u helpen?",
        welcome="Graag gedaan!",
        unanswered="Hierop weet ik geen antwoord. Stel me een andere vraag, of schrijf dat u met een mens wilt praten.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Bevestig je e-mailadres voor {shop}",
        claim="Iemand die met {shop} chat, heeft dit e-mailadres als het eigen adres opgegeven: {email}. "
        "Begin van de chat: {began}.",
        link="Is dit jouw chat, open dan binnen 24 uur deze link en druk daar op de knop:",
        ignore="Is dit niet jouw chat, negeer deze mail dan: er gebeurt niets.",
        effect="Als je bevestigt, beschouwt {shop} degene die in deze chat schrijft als de eigenaar van dit "
        "adres, en kan die persoon informatie over jouw bestellingen en gegevens krijgen.",
        caution="Bevestig alleen als je zelf in deze chat hebt geschreven, en nooit omdat iemand anders het vraagt.",
        button="Ja, dit is mijn chat",
        done="Je e-mailadres is bevestigd. Je kunt teruggaan naar de chat.",
        expired="Deze link is niet meer geldig. Ga terug naar de chat en vraag een nieuwe mail aan.",
        changed="De chat heeft nu een ander e-mailadres. Ga terug naar de chat en vraag een nieuwe mail aan.",
        refused="Dit adres kan niet meer voor deze chat worden bevestigd. Begin een nieuwe chat.",
        later="Het werkt op dit moment niet. Wacht een minuut en open de link opnieuw.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop}: een antwoord op je chat",
        opening="Je hebt de chat met {shop} voor dit antwoord verlaten. Je kunt verdergaan door deze mail te "
        "beantwoorden.",
        caution="Dit adres is opgegeven in een chat met {shop}. Was jij dat niet, negeer deze mail dan: een "
        "antwoord verschijnt in die chat.",
    ),
    opening=OpeningPhrase(
        at="om {time} uur",
        today="vandaag {at}",
        tomorrow="morgen {at}",
        weekdays=("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
        on_date="op {weekday} {date} {at}",
    ),
)
