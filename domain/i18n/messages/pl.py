"""Polish. The shopper is "ty", without a verb that would have to know whether it is a man or a woman."""

from __future__ import annotations

from domain.i18n.messages.catalog import MessageCatalog, OpeningPhrase

PL = MessageCatalog(
    locale="pl",
    offer_text="Chcesz, aby rozmowę przejął ktoś z naszego zespołu? Ta osoba będzie mogła ją przeczytać.",
    accept_label="Tak, połącz mnie z konsultantem",
    decline_label="Nie, dziękuję",
    identity_email="Jaki jest Twój adres e-mail? Dzięki niemu nasz zespół odpowie Ci nawet po zamknięciu czatu.",
    identity_signed_in="Zaloguj się na swoje konto, aby nasz zespół wiedział, komu pomaga.",
    sent_to_team="Przekazaliśmy rozmowę naszemu zespołowi. Ktoś odpowie Ci tutaj.",
    answered_by_email="Przekazaliśmy rozmowę naszemu zespołowi. Ktoś odpowie Ci e-mailem.",
    passed_on="Przekazaliśmy Twoją wiadomość naszemu zespołowi. Odpowiedź przyjdzie e-mailem.",
    not_passed_on="W tej chwili nie udało się przekazać rozmowy. Nasz zespół o tym wie i zajmie się tym.",
    away="W tej chwili nie ma nikogo z naszego zespołu. Mamy Twoją wiadomość i odpowiemy Ci tutaj.",
    back="Wracamy {when}.",
    stranded="Trwa to dłużej niż zwykle. Pamiętamy o Tobie: nasz zespół odpowie Ci tutaj.",
    withdrawn="Dobrze, zostajesz z naszym asystentem. Możesz pisać dalej tutaj.",
    opening=OpeningPhrase(
        at="o godz. {time}",
        today="dziś {at}",
        tomorrow="jutro {at}",
        weekdays=("w poniedziałek", "we wtorek", "w środę", "w czwartek", "w piątek", "w sobotę", "w niedzielę"),
        on_date="{weekday}, {date}, {at}",
    ),
)
