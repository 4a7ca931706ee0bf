"""Norwegian, as most write it (Bokmål). The shopper is "du"."""

from __future__ import annotations

from domain.i18n.messages.catalog import (
    AgentTexts,
    EmailConfirmationTexts,
    MessageCatalog,
    OpeningPhrase,
    UnseenReplyTexts,
)

NB = MessageCatalog(
    locale="nb",
    offer_text="Vil du at noen fra teamet vårt skal ta over? Vedkommende kan lese denne samtalen.",
    accept_label="Ja, sett meg i kontakt med en medarbeider",
    decline_label="Nei takk",
    identity_email="Hva er e-postadressen din? Da kan teamet vårt nå deg selv om du forlater chatten.",
    identity_signed_in="Logg inn på kontoen din, så teamet vårt vet hvem de hjelper.",
    sent_to_team="Samtalen din er nå hos teamet vårt. Noen svarer deg her.",
    answered_by_email="Samtalen din er nå hos teamet vårt. Noen svarer deg på e-post.",
    passed_on="Vi har gitt meldingen din videre til teamet vårt. Svaret kommer på e-post.",
    not_passed_on="Vi klarte ikke å gi samtalen din videre akkurat nå. Teamet vårt vet om det og tar seg av det.",
    away="Ingen fra teamet vårt er til stede akkurat nå. Vi har mottatt meldingen din og svarer deg her.",
    back="Vi er tilbake {when}.",
    stranded="Det tar lengre tid enn vanlig. Vi har ikke glemt deg: Teamet vårt svarer deg her.",
    withdrawn="Greit, du fortsetter med assistenten vår. Bare skriv videre her.",
    agent=AgentTexts(
        hello="Hei! Hva kan jeg hjelpe deg med?",
        welcome="Bare hyggelig!",
        unanswered="Det vet jeg ikke svaret på. Spør meg om noe annet, eller skriv at du vil snakke med et menneske.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Bekreft e-postadressen din for {shop}",
        claim="Noen som chatter med {shop}, har oppgitt denne e-postadressen som sin: {email}. Chatten "
        "begynte: {began}.",
        link="Hvis det er din chat, åpner du denne lenken innen 24 timer og trykker på knappen der:",
        ignore="Hvis det ikke er din chat, kan du se bort fra denne e-posten: Da skjer det ingenting.",
        effect="Hvis du bekrefter, regner {shop} den som skriver i chatten, som eier av adressen og kan "
        "fortelle vedkommende om bestillingene og opplysningene dine.",
        caution="Bekreft bare hvis du selv har skrevet i chatten, og aldri fordi noen andre ber deg om det.",
        button="Ja, det er chatten min",
        done="E-postadressen din er bekreftet. Du kan gå tilbake til chatten.",
        expired="Lenken gjelder ikke lenger. Gå tilbake til chatten og be om en ny e-post.",
        changed="Chatten har en annen e-postadresse nå. Gå tilbake til chatten og be om en ny e-post.",
        refused="Adressen kan ikke lenger bekreftes for denne chatten. Start en ny chat.",
        later="Det fungerer ikke akkurat nå. Vent et minutt og åpne lenken på nytt.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop}: et svar på chatten din",
        opening="Du forlot chatten med {shop} før dette svaret. Du kan fortsette ved å svare på denne e-posten.",
        caution="Denne adressen ble oppgitt i en chat med {shop}. Hvis det ikke var deg, kan du se bort fra "
        "e-posten: et svar vises i den chatten.",
    ),
    opening=OpeningPhrase(
        at="kl. {time}",
        today="i dag {at}",
        tomorrow="i morgen {at}",
        weekdays=("på mandag", "på tirsdag", "på onsdag", "på torsdag", "på fredag", "på lørdag", "på søndag"),
        on_date="{weekday} {date} {at}",
    ),
)
