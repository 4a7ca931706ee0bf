"""English."""

from __future__ import annotations

from domain.i18n.messages.catalog import MessageCatalog, OpeningPhrase

EN = MessageCatalog(
    locale="en",
    offer_text="Would you like a member of our team to take over? They will be able to read this conversation.",
    accept_label="Yes, connect me with an agent",
    decline_label="No, thanks",
    identity_email="What is your email address? With it, our team can reach you even if you leave this chat.",
    identity_signed_in="Please sign in to your account, so that our team knows who they are helping.",
    sent_to_team="Your conversation is with our team now. Somebody will reply to you here.",
    answered_by_email="Your conversation is with our team now. Somebody will follow up with you by email.",
    passed_on="We have passed your message on to our team. The answer will reach you by email.",
    not_passed_on="We could not pass your conversation on just now. Our team knows about it and will see to it.",
    away="Our team is away at the moment. Your message is waiting for them, and they will reply to you here.",
    back="We are back {when}.",
    stranded="This is taking longer than usual. You have not been forgotten: our team will reply to you here.",
    withdrawn="All right, you stay with our assistant. Just go on writing here.",
    opening=OpeningPhrase(
        at="at {time}",
        today="today {at}",
        tomorrow="tomorrow {at}",
        weekdays=(
            "on Monday",
            "on Tuesday",
            "on Wednesday",
            "on Thursday",
            "on Friday",
            "on Saturday",
            "on Sunday",
        ),
        on_date="{weekday}, {date} {at}",
    ),
)
