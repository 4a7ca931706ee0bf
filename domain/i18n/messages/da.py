"""Danish. The shopper is "du"."""

from __future__ import annotations

from domain.i18n.messages.catalog import (
    AgentTexts,
    EmailConfirmationTexts,
    MessageCatalog,
    OpeningPhrase,
    UnseenReplyTexts,
)

DA = MessageCatalog(
    locale="da",
    offer_text="Vil du have, at en fra vores team tager over? Vedkommende kan læse denne samtale.",
    accept_label="Ja, sæt mig i forbindelse med en medarbejder",
    decline_label="Nej tak",
    identity_email="Hvad er din e-mailadresse? Så kan vores team kontakte dig, selvom du forlader chatten.",
    identity_signed_in="Log ind på din konto, så vores team ved, hvem de hjælper.",
    sent_to_team="Din samtale er nu hos vores team. En medarbejder svarer dig her.",
    answered_by_email="Din samtale er nu hos vores team. En medarbejder vender tilbage til dig på e-mail.",
    passed_on="Vi har givet din besked videre til vores team. Svaret kommer på e-mail.",
    not_passed_on="Vi kunne ikke give din samtale videre lige nu. Vores team ved det og tager sig af det.",
    away="Der er ingen fra vores team til stede lige nu. Vi har modtaget din besked og svarer dig her.",
    back="Vi er tilbage {when}.",
    stranded="Det tager længere tid end normalt. Vi har ikke glemt dig: Vores team svarer dig her.",
    withdrawn="Okay, du fortsætter med vores assistent. Skriv bare videre her.",
    agent=AgentTexts(
        hello="Hej! Hvad kan jeg hjælpe dig med?",
        welcome="Det var så lidt!",
        unanswered="Det ved jeg ikke svaret på. Spørg mig om noget andet, eller skriv, at du vil tale med et menneske.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Bekræft din e-mailadresse for {shop}",
        claim="En person, der chatter med {shop}, har angivet denne e-mailadresse som sin egen: {email}. "
        "Chatten begyndte: {began}.",
        link="Hvis det er din chat, så åbn dette link inden for 24 timer, og tryk på knappen der:",
        ignore="Hvis det ikke er din chat, så ignorer denne mail: Så sker der ikke noget.",
        effect="Hvis du bekræfter, regner {shop} den, der skriver i chatten, for ejer af adressen og kan "
        "fortælle vedkommende om dine ordrer og oplysninger.",
        caution="Bekræft kun, hvis du selv har skrevet i chatten, og aldrig fordi en anden beder dig om det.",
        button="Ja, det er min chat",
        done="Din e-mailadresse er bekræftet. Du kan gå tilbage til chatten.",
        expired="Linket gælder ikke længere. Gå tilbage til chatten, og bed om en ny mail.",
        changed="Chatten har en anden e-mailadresse nu. Gå tilbage til chatten, og bed om en ny mail.",
        refused="Adressen kan ikke længere bekræftes for denne chat. Start en ny chat.",
        later="Det virker ikke lige nu. Vent et minut, og åbn linket igen.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop}: et svar på din chat",
        opening="Du forlod chatten med {shop} før dette svar. Du kan fortsætte ved at svare på denne mail.",
        caution="Denne adresse blev angivet i en chat med {shop}. Hvis det ikke var dig, så se bort fra denne "
        "mail: et svar vises i den chat.",
    ),
    opening=OpeningPhrase(
        at="kl. {time}",
        today="i dag {at}",
        tomorrow="i morgen {at}",
        weekdays=("på mandag", "på tirsdag", "på onsdag", "på torsdag", "på fredag", "på lørdag", "på søndag"),
        on_date="{weekday} den {date} {at}",
    ),
)
