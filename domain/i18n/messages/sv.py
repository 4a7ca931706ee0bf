"""Swedish. The shopper is "du"."""

from __future__ import annotations

from domain.i18n.messages.catalog import (
    AgentTexts,
    EmailConfirmationTexts,
    MessageCatalog,
    OpeningPhrase,
    UnseenReplyTexts,
)

SV = MessageCatalog(
    locale="sv",
    offer_text="Vill du att någon i vårt team tar över? Den personen kan läsa den här konversationen.",
    accept_label="Ja, koppla mig till en medarbetare",
    decline_label="Nej tack",
    identity_email="Vilken e-postadress har du? Då kan vårt team nå dig även om du lämnar chatten.",
    identity_signed_in="Logga in på ditt konto så att vårt team vet vem de hjälper.",
    sent_to_team="Nu är konversationen hos vårt team. Någon svarar dig här.",
    answered_by_email="Nu är konversationen hos vårt team. Någon svarar dig via e-post.",
    passed_on="Vi har skickat ditt meddelande vidare till vårt team. Svaret kommer via e-post.",
    not_passed_on="Vi kunde inte skicka konversationen vidare just nu. Vårt team vet om det och tar hand om det.",
    away="Just nu är ingen i vårt team på plats. Vi har fått ditt meddelande och svarar dig här.",
    back="Vi är tillbaka {when}.",
    stranded="Det tar längre tid än vanligt. Vi har inte glömt dig: vårt team svarar dig här.",
    withdrawn="Okej, du stannar hos vår assistent. Fortsätt bara att skriva här.",
    agent=AgentTexts(
        hello="Hej! Vad kan jag hjälpa dig med?",
        welcome="Varsågod!",
        unanswered="Jag vet inte svaret på det. Fråga mig något annat, eller skriv att du vill prata med en människa.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Bekräfta din e-postadress för {shop}",
        claim="Någon som chattar med {shop} har uppgett den här e-postadressen som sin: {email}. Chatten "
        "började: {began}.",
        link="Om det är din chatt öppnar du den här länken inom 24 timmar och trycker på knappen där:",
        ignore="Om det inte är din chatt kan du bortse från det här mejlet: då händer ingenting.",
        effect="Om du bekräftar räknar {shop} den som skriver i chatten som ägare till adressen och kan "
        "berätta om dina beställningar och uppgifter för personen.",
        caution="Bekräfta bara om du själv har skrivit i chatten, och aldrig för att någon annan ber dig om det.",
        button="Ja, det är min chatt",
        done="Din e-postadress är bekräftad. Du kan gå tillbaka till chatten.",
        expired="Länken gäller inte längre. Gå tillbaka till chatten och be om ett nytt mejl.",
        changed="Chatten har en annan e-postadress nu. Gå tillbaka till chatten och be om ett nytt mejl.",
        refused="Adressen kan inte längre bekräftas för den här chatten. Starta en ny chatt.",
        later="Det fungerar inte just nu. Vänta en minut och öppna länken igen.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop}: ett svar på din chatt",
        opening="Du lämnade chatten med {shop} före det här svaret. Du kan fortsätta genom att svara på det "
        "här mejlet.",
        caution="Den här adressen angavs i en chatt med {shop}. Om det inte var du, bortse från mejlet: ett "
        "svar visas i den chatten.",
    ),
    opening=OpeningPhrase(
        at="kl. {time}",
        today="i dag {at}",
        tomorrow="i morgon {at}",
        weekdays=("på måndag", "på tisdag", "på onsdag", "på torsdag", "på fredag", "på lördag", "på söndag"),
        on_date="{weekday} den {date} {at}",
    ),
)
