"""What is written to Zendesk: a ticket with its transcript, and comments; frozen before the first attempt.

Wire format: developer.zendesk.com, Create ticket, Update ticket, Create or update user.
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

from domain.handoff.transcript import comment_mark, entries, entry_of, local_time
from domain.model.conversation import MessageKind
from domain.outbox.ports import DeliveryContext
from integrations.helpdesks.transcript import HTML, Room, html_bodies, part_mark, parts

Json = dict[str, Any]

# A comment holds 65,535 bytes with its markup (support.zendesk.com, community post 4719863289498). Twenty of them are
# 1.2 MB: more than people read, and far below the 5,000 comments that a ticket takes.
ROOM = Room(part_bytes=60_000, most_parts=20)
_SUBJECT = 150  # characters
_TAG = 80
_NAME = 255


def ticket_of(context: DeliveryContext) -> Json:
    ticket, conversation = context.ticket, context.conversation
    assert ticket is not None, "a ticket is what is to be created"
    zone = context.account.time_zone
    written = parts(_facts(context), entries(context.messages, zone), HTML, ROOM, reference=ticket.id)
    wish: Json = {
        "subject": _subject(conversation.first_question),
        "comment": {"html_body": written[0], "public": False},
        "external_id": ticket.id,
        "tags": _tags(context),
        "metadata": {"baton_conversation": conversation.id, "baton_profile": conversation.profile_id},
    }
    user = None
    email = _email(context)
    if email is not None:
        wish["requester"] = {**_person(context), "email": email}
    else:
        user = {**_person(context), "external_id": f"baton-{conversation.profile_id}", "skip_verify_email": True}
        if conversation.visitor.phone is not None:
            user["phone"] = conversation.visitor.phone
    further = [
        {"mark": part_mark(place, len(written), ticket.id), "body": json_text(_note(part))}
        for place, part in enumerate(written[1:], start=2)
    ]
    return {"external_id": ticket.id, "create": json_text({"ticket": wish}), "user": user, "further": further}


def _email(context: DeliveryContext) -> str | None:
    return context.conversation.visitor.email or (context.profile.email if context.profile else None)


def _facts(context: DeliveryContext) -> list[tuple[str, str]]:
    handoff, conversation = context.handoff, context.conversation
    consent = handoff.consent if handoff else None
    zone = context.account.time_zone
    agreed = f"“{consent.action_label}”, {local_time(consent.decided_at, zone)}" if consent else None
    profile_id = conversation.visitor.external_id or (context.profile.external_id if context.profile else None)
    given = [
        ("Summary", handoff.summary if handoff else None),
        ("Reason", handoff.reason.value.replace("_", " ").lower() if handoff else None),
        ("Details", handoff.reason_detail if handoff else None),
        ("E-mail", _email(context)),
        ("Phone", conversation.visitor.phone),
        ("Profile id", profile_id),
        ("Tags", ", ".join(conversation.tags)),
        ("The shopper agreed", agreed),
        ("Conversation", context.link),
        ("Times", zone),
    ]
    return [(name, value) for name, value in given if value]


def _person(context: DeliveryContext) -> Json:
    conversation = context.conversation
    known = conversation.visitor.name or (context.profile.name if context.profile else None)
    person: Json = {"name": (known or conversation.display_name)[:_NAME]}
    if conversation.locale and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", conversation.locale):
        person["locale"] = conversation.locale
    return person


def _subject(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= _SUBJECT else f"{line[: _SUBJECT - 1].rstrip()}…"


def _tags(context: DeliveryContext) -> list[str]:
    """A tag has no space in it, and capitals do not count."""
    reason = [context.handoff.reason.value] if context.handoff else []
    given = ["baton", "ai_handoff", context.conversation.channel.value, *reason, *context.conversation.tags]
    return list(dict.fromkeys(tag for text in given if (tag := "_".join(text.lower().split())[:_TAG])))


def comments_of(context: DeliveryContext) -> Json:
    [message] = context.messages
    entry = entry_of(message, context.account.time_zone)
    by_requester = message.kind is not MessageKind.NOTE
    bodies = html_bodies(entry, ROOM.part_bytes - 1_000)  # for the words below it
    who = "" if by_requester else f"{escape(entry.author)}. "
    comments = []
    for place, body in enumerate(bodies, start=1):
        mark = comment_mark(entry.sequence, part=(place, len(bodies)) if len(bodies) > 1 else None)
        html = f"{body}<p>{who}{mark} {entry.at}</p>"
        comments.append({"mark": mark, "comment": {"html_body": html, "public": by_requester}})
    return {"comments": comments, "by_requester": by_requester}


def _note(html: str) -> Json:
    return {"ticket": {"comment": {"html_body": html, "public": False}}}


def json_text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
