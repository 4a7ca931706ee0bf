"""Polish. The shopper is "ty", without a verb that would have to know whether it is a man or a woman."""

from __future__ import annotations

from domain.i18n.messages.catalog import (
    AgentTexts,
    EmailConfirmationTexts,
    MessageCatalog,
    OpeningPhrase,
    UnseenReplyTexts,
)

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
    agent=AgentTexts(
        hello="Dzień dobry! W czym mogę pomóc?",
        welcome="Nie ma za co!",
        unanswered="Nie znam odpowiedzi na to pytanie. Proszę zadać inne pytanie lub napisać, że chce się rozmawiać z "
        "człowiekiem.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Potwierdź swój adres e-mail: {shop}",
        claim="Ktoś, kto rozmawia na czacie ({shop}), podaje ten adres e-mail jako własny: {email}. Początek "
        "czatu: {began}.",
        link="Jeśli to Twój czat, otwórz ten link w ciągu 24 godzin i naciśnij przycisk na stronie:",
        ignore="Jeśli to nie Twój czat, zignoruj tę wiadomość: nic się nie stanie.",
        effect="Po potwierdzeniu osoba pisząca na tym czacie będzie uznawana za właściciela tego adresu "
        "({shop}) i będzie mogła otrzymać informacje o Twoich zamówieniach i danych.",
        caution="Potwierdź tylko wtedy, gdy to Ty piszesz na tym czacie, i nigdy na prośbę innej osoby.",
        button="Tak, to mój czat",
        done="Twój adres e-mail jest potwierdzony. Możesz wrócić do czatu.",
        expired="Ten link jest już nieważny. Wróć do czatu i poproś o nową wiadomość.",
        changed="Na czacie podano teraz inny adres e-mail. Wróć do czatu i poproś o nową wiadomość.",
        refused="Tego adresu nie można już potwierdzić dla tego czatu. Rozpocznij nowy czat.",
        later="W tej chwili to nie działa. Odczekaj minutę i otwórz link ponownie.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop}: odpowiedź na Twój czat",
        opening="Czat z {shop} zakończył się przed tą odpowiedzią. Możesz kontynuować, odpowiadając na tego maila.",
        caution="Ten adres podano w czacie z {shop}. Jeśli to nie Ty, zignoruj tego maila: odpowiedź pojawi "
        "się w tamtym czacie.",
    ),
    opening=OpeningPhrase(
        at="o godz. {time}",
        today="dziś {at}",
        tomorrow="jutro {at}",
        weekdays=("w poniedziałek", "we wtorek", "w środę", "w czwartek", "w piątek", "w sobotę", "w niedzielę"),
        on_date="{weekday}, {date}, {at}",
    ),
)
