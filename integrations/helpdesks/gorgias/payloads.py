"""Request bodies for Gorgias: a ticket with the conversation's messages, and later messages on that ticket.

Wire format: developers.gorgias.com, "Create a ticket" and "Create a message". Every message has `sent_datetime`:
Gorgias sends messages without it to the shopper, who would receive a copy of the chat. A ticket is created in one
call, so that it cannot be incomplete. If the conversation exceeds the limits of one call, its older part is written
into internal notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from domain.handoff.transcript import Entry, entry_of, local_time, marked
from domain.model.connected_services import UnsealedConnection
from domain.model.conversation import AuthorKind, Message, MessageKind
from domain.outbox.ports import DeliveryContext
from integrations.helpdesks.transcript import TEXT, TranscriptLimits, html_body, split_transcript, text_body
from integrations.http import Json

MARK = "baton:"  # prefix of the external ids of what Baton writes, by which it is recognised when read back
_TAGS = ("baton", "ai_handoff")  # so that the team's rules can match tickets from Baton
_MAX_MESSAGES = 500  # in one call: Gorgias' limit
_SINGLE_MESSAGES = 400  # messages sent one by one if the conversation has more than the limit
_SINGLE_BYTES = 1_500_000  # of the messages sent one by one; Gorgias refuses larger bodies (413)
_NOTES = TranscriptLimits(part_bytes=100_000, max_parts=30)  # for the older messages
_SUBJECT = 200  # characters; Gorgias accepts 998 and shows fewer
_TAG_LIMIT = 255  # characters
_SHORTENED_MESSAGES = 20  # kept when Gorgias refuses the body as too large


def ticket_body(context: DeliveryContext, connection: UnsealedConnection) -> Json:
    """Return the body that creates a ticket, without the shopper, who is added at the call (`with_shopper`)."""
    handoff, ticket = context.handoff, context.ticket
    assert handoff is not None, "a ticket belongs to a handoff"
    assert ticket is not None, "the ticket is created before its row"
    conversation = context.conversation
    account_email = connection.settings["email"]
    seen = [message for message in context.messages if message.seen_by_shopper]
    older, newer = _split(seen)
    facts = [*_facts(context), ("Summary", handoff.summary or "not given")]
    at = max([handoff.requested_at, *(message.sent_at for message in seen)])
    notes = _notes_of(older, context, account_email)
    messages = [*notes, *(_message(message, context, account_email) for message in newer)]
    summary = _note("\n".join(TEXT.fact(*fact) for fact in facts), at, f"{MARK}{ticket.id}", account_email)
    return {
        "channel": "api",
        "via": "api",
        "from_agent": False,
        "status": "open",
        "subject": _subject(conversation.question_preview),
        "external_id": ticket.id,
        "tags": [{"name": name[:_TAG_LIMIT]} for name in dict.fromkeys((*_TAGS, *conversation.tags))],
        "meta": {
            "baton": {
                "conversation": conversation.id,
                "handoff": handoff.id,
                "ticket": ticket.id,
                "channel": conversation.channel.value,
                "reason": handoff.reason.value,
                "profile": conversation.profile_id,
                "verified": conversation.visitor.is_proved,
            }
        },
        "messages": [*messages, summary],
    }


def comment_body(context: DeliveryContext, connection: UnsealedConnection) -> Json:
    """Return the body that adds one later message of the shopper, or a note of the staff, to the ticket."""
    [message] = context.messages
    account_email = connection.settings["email"]
    if message.kind is MessageKind.NOTE:
        text = f"{message.author.name}: {text_body(_entry(message, context))}"
        return {
            **_note(text, message.sent_at, f"{MARK}{message.id}", account_email),
            **_attachments(message, context),
        }
    return _message(message, context, account_email)


def shopper_of(context: DeliveryContext) -> Json:
    """Return {"email"} if the address is known, else {"new_customer": …} with the fields of a new customer.

    An address is sent without a name, because Gorgias would overwrite the name that the shop has stored.
    """
    contact = context.contact
    if contact.email:
        return {"email": contact.email}
    phone = contact.phone
    name = contact.name or phone or "Anonymous"
    customer: Json = {"external_id": f"{MARK}{context.conversation.profile_id}", "name": name}
    return {"new_customer": {**customer, **({"phone": phone} if phone else {})}}


def with_shopper(body: Json, customer: Json) -> Json:
    """Return the body with the shopper as sender of the shopper's messages and receiver of the others."""
    if "messages" in body:
        return {**body, "customer": customer, "messages": [with_shopper(m, customer) for m in body["messages"]]}
    if not body["from_agent"]:
        return {**body, "sender": customer}
    return {**body, "receiver": customer} if body["public"] else body


def shortened(body: Json) -> Json:
    """Return the body with only its last 20 messages, without HTML, and a note on how many were omitted."""
    kept = [
        {k: v for k, v in message.items() if k != "body_html"} for message in body["messages"][-_SHORTENED_MESSAGES:]
    ]
    omitted = len(body["messages"]) - len(kept)
    if omitted:
        note = TEXT.note(
            f"{omitted} earlier messages are omitted: Gorgias refused the whole conversation as too large."
        )
        kept[-1] = {**kept[-1], "body_text": f"{kept[-1]['body_text']}\n\n{note}"}
    return {**body, "messages": kept}


def _split(messages: Sequence[Message]) -> tuple[list[Message], list[Message]]:
    """Return the messages to write into notes, and those to send one by one: all, or the newest within the limits."""
    sizes = [3 * len(message.text.encode()) for message in messages]  # as text and as HTML
    if len(messages) < _MAX_MESSAGES and sum(sizes) <= _SINGLE_BYTES:
        return [], list(messages)
    total, start = 0, len(messages)
    while start and len(messages) - start < _SINGLE_MESSAGES and total + sizes[start - 1] <= _SINGLE_BYTES:
        start -= 1
        total += sizes[start]
    return list(messages[:start]), list(messages[start:])


def _notes_of(messages: Sequence[Message], context: DeliveryContext, account_email: str) -> list[Json]:
    if not messages:
        return []
    notes = split_transcript(
        [("Earlier in this conversation", f"{len(messages):,} messages")],
        [_entry(message, context) for message in messages],
        TEXT,
        _NOTES,
        reference=context.conversation.id,
    )
    at = messages[-1].sent_at
    return [
        _note(text, at, f"{MARK}{context.conversation.id}:{number}", account_email)
        for number, text in enumerate(notes, 1)
    ]


def _message(message: Message, context: DeliveryContext, account_email: str) -> Json:
    """One message. Gorgias shows all messages that are not the shopper's under one user, so their author is named in
    the text."""
    entry = _entry(message, context)
    from_shopper = message.author.kind is AuthorKind.SHOPPER
    staff = {"address": account_email, "name": message.author.name}
    shopper = _address_of(context)
    body: Json = {
        "channel": "api",
        "via": "api",
        "from_agent": not from_shopper,
        "public": True,
        "external_id": f"{MARK}{message.id}",
        "source": {
            "type": "api",
            "from": shopper if from_shopper else staff,
            "to": [{"address": account_email} if from_shopper else shopper],
        },
        "body_text": text_body(entry) if from_shopper else f"{_author_line(entry)}\n{text_body(entry)}",
        "body_html": html_body(entry) if from_shopper else _html_author_line(entry) + html_body(entry),
        "sent_datetime": message.sent_at.isoformat(),
        **_attachments(message, context),
    }
    return body if from_shopper else {**body, "sender": {"email": account_email}}


def _attachments(message: Message, context: DeliveryContext) -> Json:
    """The member with the files of a message, which Gorgias fetches."""
    files = [
        {"url": file.url, "name": file.name, "content_type": file.content_type, "size": file.size, "public": True}
        for file in context.files_of(message)
    ]
    return {"attachments": files} if files else {}


def _note(text: str, at: datetime, external_id: str, account_email: str) -> Json:
    return {
        "channel": "internal-note",
        "via": "api",
        "from_agent": True,
        "public": False,
        "external_id": external_id,
        "sender": {"email": account_email},
        "body_text": text,
        "sent_datetime": at.isoformat(),
    }


def _facts(context: DeliveryContext) -> list[tuple[str, str]]:
    conversation, handoff, contact = context.conversation, context.handoff, context.contact
    assert handoff is not None, "a ticket belongs to a handoff"
    reason = handoff.reason.value.replace("_", " ").lower()
    facts = (
        ("Conversation", context.link),
        ("Reason", f"{reason}: {handoff.reason_detail}" if handoff.reason_detail else reason),
        ("Asked for", local_time(handoff.requested_at, context.account.time_zone)),
        ("Channel", conversation.channel.value.replace("_", " ").lower()),
        ("Shopper", marked(contact, "name")),
        ("E-mail", marked(contact, "email")),
        ("Phone", marked(contact, "phone")),
        ("Customer id of the shop", marked(contact, "external_id")),
        ("Topics", ", ".join(conversation.tags)),
    )
    return [(name, value) for name, value in facts if value]


def _entry(message: Message, context: DeliveryContext) -> Entry:
    verified = context.conversation.visitor.is_proved
    return entry_of(message, context.account.time_zone, verified=verified, links=context.links)


def _address_of(context: DeliveryContext) -> Json:
    visitor = context.conversation.visitor
    address: Json = {"address": visitor.email or visitor.phone or "anonymous"}
    return {**address, **({"name": visitor.name} if visitor.name else {})}


def _subject(question: str) -> str:
    subject = " ".join(question.split())
    return subject if len(subject) <= _SUBJECT else subject[: _SUBJECT - 1] + "…"


def _author_line(entry: Entry) -> str:
    return f"{entry.author} ({entry.role}):"


def _html_author_line(entry: Entry) -> str:
    return f"<div><bdi>{escape(entry.author)}</bdi> ({entry.role}):</div>"
