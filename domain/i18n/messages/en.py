"""English."""

from __future__ import annotations

from domain.i18n.messages.catalog import (
    AgentTexts,
    EmailConfirmationTexts,
    MessageCatalog,
    OpeningPhrase,
    UnseenReplyTexts,
)

EN = MessageCatalog(
    locale="en",
    offer_text="Would you like a member of our team to take over? They will be able to read this conversation.",
    accept_label="Yes, connect me with an agent",
    decline_label="No, thanks",
    identity_email="What is your e-mail address? With it, our team can reach you even if you leave this chat.",
    identity_signed_in="Please sign in to your account, so that our team knows who they are helping.",
    sent_to_team="Your conversation is with our team now. Somebody will reply to you here.",
    answered_by_email="Your conversation is with our team now. Somebody will follow up with you by e-mail.",
    passed_on="We have passed your message on to our team. The answer will reach you by e-mail.",
    not_passed_on="We could not pass your conversation on just now. Our team knows about it and will see to it.",
    away="Our team is away at the moment. Your message is waiting for them, and they will reply to you here.",
    back="We are back {when}.",
    stranded="This is taking longer than usual. You have not been forgotten: our team will reply to you here.",
    withdrawn="All right, you stay with our assistant. Just go on writing here.",
    agent=AgentTexts(
        hello="Hello! What can I help you with?",
        welcome="You're welcome!",
        unanswered="I do not know the answer to this. Ask me something else, or write that you would like to talk to "
        "a person.",
    ),
    confirmation=EmailConfirmationTexts(
        subject="Confirm your e-mail address for {shop}",
        claim="Somebody who is chatting with {shop} says that this is their e-mail address: {email}. The chat "
        "began: {began}.",
        link="If this is your chat, open this link within 24 hours, and press the button there:",
        ignore="If it is not your chat, ignore this mail: nothing will happen.",
        effect="If you confirm, {shop} takes whoever writes in this chat for the owner of this address, and "
        "may tell them about your orders and your details.",
        caution="Confirm only if you wrote in this chat yourself. If somebody else asks you to confirm it, do not.",
        button="Yes, this is my chat",
        done="Your e-mail address is confirmed. You can go back to the chat.",
        expired="This link is no longer valid. Go back to the chat and ask for a new mail.",
        changed="The chat has another e-mail address now. Go back to the chat and ask for a new mail.",
        refused="This address can no longer be confirmed for this chat. Start a new chat.",
        later="This does not work at the moment. Wait a minute, and open the link again.",
    ),
    unseen=UnseenReplyTexts(
        subject="{shop}: a reply to your chat",
        opening="You left the chat with {shop} before this reply. You can go on by answering this mail.",
        caution="This address was given in a chat with {shop}. If that was not you, ignore this mail: an "
        "answer to it is shown in that chat.",
    ),
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
