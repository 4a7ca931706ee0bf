"""What Gorgias is sent: a ticket whose messages are the conversation's, and later messages on it.

Wire format: developers.gorgias.com, "Create a ticket" and "Create a message". Every message carries `sent_datetime`:
one without is taken for one to be sent, and the shopper is mailed its own chat. A ticket is made in one call, so that
there is never half of one: of what is more than that takes, the older part is written down in internal notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

from domain.handoff.transcript import Entry, entry_of, local_time
from domain.model.connected_services import UnsealedConnection
from domain.model.conversation import AuthorKind, Message, MessageKind
from domain.outbox.ports import DeliveryContext
from integrations.helpdesks.transcript import TEXT, Room, html_body, parts, text_body

Json = dict[str, Any]

MARK = "baton:"  # before the ids of what we wrote ourselves: it comes back, and is no news
_TAGS = ("baton", "ai_handoff")  # by which the team's rules know what came from here
_MOST_MESSAGES = 500  # of one call, says Gorgias
_SINGLE_MESSAGES = 400  # of those, where there are more than one call takes
_SINGLE_BYTES = 1_500_000  # of what is sent message by message; Gorgias refuses bodies that are too large (413)
_NOTES = Room(part_bytes=100_000, most_parts=30)  # for the older ones
_SUBJECT = 200  # characters; Gorgias takes 998, and shows fewer
_TAG_LIMIT = 255
_LAST_RESORT = 20  # messages, where even that was too large


def ticket_body(context: DeliveryContext, connection: UnsealedConnection) -> Json:
    """Without the shopper: who that is at Gorgias is found out at the call (`with_shopper`)."""
    handoff, ticket = context.handoff, context.ticket
    assert handoff is not None, "a ticket comes of a handoff"
    assert ticket is not None, "and is there before it is told"
    conversation = context.conversation
    house = connection.settings["email"]
    seen = [message for message in context.messages if message.seen_by_shopper]
    older, newer = _split(seen)
    facts = [*_facts(context), ("Summary", handoff.summary or "none was written")]
    at = max([handoff.requested_at, *(message.sent_at for message in seen)])
    notes = _packed(older, context, house)
    messages = [*notes, *(_message(message, context, house) for message in newer)]
    summary = _note("\n".join(TEXT.fact(*fact) for fact in facts), at, f"{MARK}{ticket.id}", house)
    return {
        "channel": "api",
        "via": "api",
        "from_agent": False,
        "status": "open",
        "subject": _subject(conversation.first_question),
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
            }
        },
        "messages": [*messages, summary],
    }


def comment_body(context: DeliveryContext, connection: UnsealedConnection) -> Json:
    """A later message of the shopper's, or a note of the team's."""
    [message] = context.messages
    house = connection.settings["email"]
    if message.kind is MessageKind.NOTE:
        text = f"{message.author.name}: {message.text}"
        return _note(text, message.sent_at, f"{MARK}{message.id}", house)
    return _message(message, context, house)


def shopper_of(context: DeliveryContext) -> Json:
    """By e-mail address, and by nothing else of it: what else was said would be written over what the shop knows.
    Without one, by what a customer is made of."""
    visitor, profile = context.conversation.visitor, context.profile
    email = visitor.email or (profile.email if profile else None)
    if email:
        return {"email": email}
    phone = visitor.phone or (profile.phone if profile else None)
    name = visitor.name or (profile.name if profile else None) or phone or "Anonymous"
    made: Json = {"external_id": f"{MARK}{context.conversation.profile_id}", "name": name}
    return {"made_of": {**made, **({"phone": phone} if phone else {})}}


def with_shopper(body: Json, party: Json) -> Json:
    """The body with the shopper put in wherever it stands: of its own messages the sender, of ours the receiver."""
    if "messages" in body:
        return {**body, "customer": party, "messages": [with_shopper(m, party) for m in body["messages"]]}
    if not body["from_agent"]:
        return {**body, "sender": party}
    return {**body, "receiver": party} if body["public"] else body


def shortened(body: Json) -> Json:
    """For a Gorgias that takes no ticket so large: the last messages, without their HTML, and a word on the rest."""
    kept = [{k: v for k, v in message.items() if k != "body_html"} for message in body["messages"][-_LAST_RESORT:]]
    left_out = len(body["messages"]) - len(kept)
    if left_out:
        remark = TEXT.remark(f"{left_out} earlier messages are left out here: Gorgias took no ticket so large.")
        kept[-1] = {**kept[-1], "body_text": f"{kept[-1]['body_text']}\n\n{remark}"}
    return {**body, "messages": kept}


def _split(messages: Sequence[Message]) -> tuple[list[Message], list[Message]]:
    """Those that are written down in notes, and those that are sent one by one: all, or the newest that there is room
    for."""
    sizes = [3 * len(message.text.encode()) for message in messages]  # as text, and as HTML
    if len(messages) < _MOST_MESSAGES and sum(sizes) <= _SINGLE_BYTES:
        return [], list(messages)
    taken, start = 0, len(messages)
    while start and len(messages) - start < _SINGLE_MESSAGES and taken + sizes[start - 1] <= _SINGLE_BYTES:
        start -= 1
        taken += sizes[start]
    return list(messages[:start]), list(messages[start:])


def _packed(messages: Sequence[Message], context: DeliveryContext, house: str) -> list[Json]:
    if not messages:
        return []
    written = parts(
        [("Earlier in this conversation", f"{len(messages):,} messages")],
        [entry_of(message, context.account.time_zone) for message in messages],
        TEXT,
        _NOTES,
        reference=context.conversation.id,
    )
    at = messages[-1].sent_at
    return [_note(text, at, f"{MARK}{context.conversation.id}:{place}", house) for place, text in enumerate(written, 1)]


def _message(message: Message, context: DeliveryContext, house: str) -> Json:
    """One as it was said. Gorgias shows all that is not the shopper's under one user, so that who said it stands
    above it."""
    entry = entry_of(message, context.account.time_zone)
    theirs = message.author.kind is AuthorKind.SHOPPER
    ours = {"address": house, "name": message.author.name}
    shopper = _address_of(context)
    body: Json = {
        "channel": "api",
        "via": "api",
        "from_agent": not theirs,
        "public": True,
        "external_id": f"{MARK}{message.id}",
        "source": {
            "type": "api",
            "from": shopper if theirs else ours,
            "to": [{"address": house} if theirs else shopper],
        },
        "body_text": text_body(entry) if theirs else f"{_said_by(entry)}\n{text_body(entry)}",
        "body_html": html_body(entry) if theirs else _html_said_by(entry) + html_body(entry),
        "sent_datetime": message.sent_at.isoformat(),
    }
    return body if theirs else {**body, "sender": {"email": house}}


def _note(text: str, at: datetime, external_id: str, house: str) -> Json:
    return {
        "channel": "internal-note",
        "via": "api",
        "from_agent": True,
        "public": False,
        "external_id": external_id,
        "sender": {"email": house},
        "body_text": text,
        "sent_datetime": at.isoformat(),
    }


def _facts(context: DeliveryContext) -> list[tuple[str, str]]:
    conversation, handoff, profile = context.conversation, context.handoff, context.profile
    assert handoff is not None, "a ticket comes of a handoff"
    visitor = conversation.visitor
    reason = handoff.reason.value.replace("_", " ").lower()
    given = (
        ("Conversation", context.link),
        ("Reason", f"{reason}: {handoff.reason_detail}" if handoff.reason_detail else reason),
        ("Asked for", local_time(handoff.requested_at, context.account.time_zone)),
        ("Channel", conversation.channel.value.replace("_", " ").lower()),
        ("Shopper", visitor.name),
        ("E-mail", visitor.email),
        ("Phone", visitor.phone),
        ("Customer id of the shop", visitor.external_id or (profile.external_id if profile else None)),
        ("Topics", ", ".join(conversation.tags)),
    )
    return [(name, value) for name, value in given if value]


def _address_of(context: DeliveryContext) -> Json:
    visitor = context.conversation.visitor
    address: Json = {"address": visitor.email or visitor.phone or "anonymous"}
    return {**address, **({"name": visitor.name} if visitor.name else {})}


def _subject(question: str) -> str:
    words = " ".join(question.split())
    return words if len(words) <= _SUBJECT else words[: _SUBJECT - 1] + "…"


def _said_by(entry: Entry) -> str:
    return f"{entry.author} ({entry.role}):"


def _html_said_by(entry: Entry) -> str:
    return f"<div><bdi>{escape(entry.author)}</bdi> ({entry.role}):</div>"
