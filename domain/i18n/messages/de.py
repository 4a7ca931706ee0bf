"""German. The shopper is "Sie"."""

from __future__ import annotations

from domain.i18n.messages.catalog import (
    AgentTexts,
    EmailConfirmationTexts,
    MessageCatalog,
    OpeningPhrase,
    UnseenReplyTexts,
)

DE = MessageCatalog(
    locale="de",
    offer_text="Möchten Sie, dass jemand aus unserem Team übernimmt? Diese Person kann den bisherigen Chat lesen.",
    accept_label="Ja, bitte mit dem Team verbinden",
    decline_label="Nein, danke",
    identity_email="Wie lautet Ihre E-Mail-Adresse? So erreicht Sie unser Team auch, wenn Sie den Chat verlassen.",
    identity_signed_in="Bitte melden Sie sich in Ihrem Konto an, damit unser Team weiß, wem es hilft.",
    sent_to_team="Ihr Anliegen ist jetzt bei unserem Team. Sie erhalten hier eine Antwort.",
    answered_by_email="Ihr Anliegen ist jetzt bei unserem Team. Sie erhalten eine Antwort per E-Mail.",
    passed_on="Wir haben Ihre Nachricht an unser Team weitergegeben. Die Antwort erreicht Sie per E-Mail.",
    not_passed_on="Wir konnten Ihr Anliegen gerade nicht weitergeben. Unser Team weiß davon und kümmert sich darum.",
    away="Im Moment ist niemand aus unserem Team da. Ihre Nachricht ist angekommen, und wir antworten Ihnen hier.",
    back="Wir sind {when} wieder da.",
    stranded="Es dauert länger als sonst. Wir haben Sie nicht vergessen: Unser Team antwortet Ihnen hier.",
    withdrawn="In Ordnung, unser Assistent ist weiter für Sie da. Schreiben Sie einfach hier weiter.",
    agent=AgentTexts(
        hello="Hallo! Wobei kann ich helfen?",
        welcome="Gern geschehen!",
        unanswered="Darauf weiß ich keine Antwort. Fragen Sie mich etwas anderes, oder schreiben Sie, dass Sie mit "
        "einem Menschen sprechen möchten.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Bestätigen Sie Ihre E-Mail-Adresse für {shop}",
        claim="Jemand, der mit {shop} chattet, hat diese E-Mail-Adresse als seine angegeben: {email}. Beginn "
        "des Chats: {began}.",
        link="Wenn das Ihr Chat ist, öffnen Sie innerhalb von 24 Stunden diesen Link und klicken Sie dort "
        "auf die Schaltfläche:",
        ignore="Wenn das nicht Ihr Chat ist, ignorieren Sie diese E-Mail: Dann passiert nichts.",
        effect="Wenn Sie bestätigen, hält {shop} die Person in diesem Chat für den Inhaber dieser Adresse und "
        "kann ihr Auskunft über Ihre Bestellungen und Ihre Daten geben.",
        caution="Bestätigen Sie nur, wenn Sie selbst in diesem Chat geschrieben haben, und nie, weil jemand "
        "anderes Sie darum bittet.",
        button="Ja, das ist mein Chat",
        done="Ihre E-Mail-Adresse ist bestätigt. Sie können zum Chat zurückkehren.",
        expired="Dieser Link ist nicht mehr gültig. Kehren Sie zum Chat zurück und fordern Sie eine neue E-Mail an.",
        changed="Im Chat wurde inzwischen eine andere E-Mail-Adresse angegeben. Fordern Sie dort eine neue E-Mail an.",
        refused="Diese Adresse kann für diesen Chat nicht mehr bestätigt werden. Beginnen Sie einen neuen Chat.",
        later="Das funktioniert gerade nicht. Warten Sie eine Minute und öffnen Sie den Link noch einmal.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop}: eine Antwort auf Ihren Chat",
        opening="Sie haben den Chat mit {shop} vor dieser Antwort verlassen. Sie können auf diese E-Mail antworten.",
        caution="Diese Adresse wurde in einem Chat mit {shop} angegeben. Wenn Sie das nicht waren, ignorieren "
        "Sie diese E-Mail: Eine Antwort wird in jenem Chat angezeigt.",
    ),
    opening=OpeningPhrase(
        at="um {time} Uhr",
        today="heute {at}",
        tomorrow="morgen {at}",
        weekdays=(
            "am Montag",
            "am Dienstag",
            "am Mittwoch",
            "am Donnerstag",
            "am Freitag",
            "am Samstag",
            "am Sonntag",
        ),
        on_date="{weekday}, {date}, {at}",
    ),
)
