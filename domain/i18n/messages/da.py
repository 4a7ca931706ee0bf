"""Danish. The shopper is "du"."""

from __future__ import annotations

from domain.i18n.messages.catalog import MessageCatalog, OpeningPhrase

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
    opening=OpeningPhrase(
        at="kl. {time}",
        today="i dag {at}",
        tomorrow="i morgen {at}",
        weekdays=("på mandag", "på tirsdag", "på onsdag", "på torsdag", "på fredag", "på lørdag", "på søndag"),
        on_date="{weekday} den {date} {at}",
    ),
)
