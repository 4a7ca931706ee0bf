"""Request bodies for Zendesk: a ticket with its transcript, and comments. They are frozen before the first attempt.

Wire format: developer.zendesk.com, "Create Ticket", "Update Ticket", "Create Or Update User".
"""

from __future__ import annotations

import json
import re
from html import escape

from domain.handoff.transcript import comment_mark, entries, entry_of, local_time, marked
from domain.model.conversation import Conversation, MessageKind
from domain.outbox.ports import DeliveryContext, within_size
from integrations.helpdesks.transcript import HTML, TranscriptLimits, html_bodies, part_mark, split_transcript
from integrations.http import Json

# A comment may have 65,535 bytes with its markup (support.zendesk.com, community post 4719863289498). Twenty comments
# are 1.2 MB, more than people read, and far below the limit of 5,000 comments a ticket.
TRANSCRIPT_LIMITS = TranscriptLimits(part_bytes=60_000, max_parts=20)
MARK = "baton-"  # prefix of the external ids of users whom Baton makes
_UPLOADED = 20 << 20  # bytes of the files of a message: they have to arrive within the time limit of an attempt
_SUBJECT = 150  # characters
_TAG = 80  # characters
_NAME = 255  # characters


def ticket_of(context: DeliveryContext) -> Json:
    """Return what `ZendeskSender` needs to create a ticket.

        {"external_id", "create": body, "user": the requester or None, "further": [{"mark", "body"}, …]}

    A requester with an e-mail address is part of the body; another is created first (`user`). `further`: the parts of
    the transcript after the first, each an internal note.
    """
    ticket, conversation = context.ticket, context.conversation
    assert ticket is not None, "the row creates this ticket"
    zone = context.account.time_zone
    transcript = split_transcript(
        _facts(context),
        entries(context.messages, zone, verified=conversation.visitor.is_proved, links=context.links),
        HTML,
        TRANSCRIPT_LIMITS,
        reference=ticket.id,
    )
    fields: Json = {
        "subject": _subject(conversation.question_preview),
        "comment": {"html_body": transcript[0], "public": False},
        "external_id": ticket.id,
        "tags": _tags(context),
        "metadata": _metadata(conversation),
    }
    user = None
    contact = context.contact
    if contact.email is not None:
        fields["requester"] = {**_person(context), "email": contact.email}
    else:
        user = {**_person(context), "external_id": f"{MARK}{conversation.profile_id}", "skip_verify_email": True}
        if contact.phone is not None:
            user["phone"] = contact.phone
    further = [
        {"mark": part_mark(number, len(transcript), ticket.id), "body": json_text(_note(part))}
        for number, part in enumerate(transcript[1:], start=2)
    ]
    return {"external_id": ticket.id, "create": json_text({"ticket": fields}), "user": user, "further": further}


def _metadata(conversation: Conversation) -> Json:
    return {
        "baton_conversation": conversation.id,
        "baton_profile": conversation.profile_id,
        "baton_verified": conversation.visitor.is_proved,
    }


def _facts(context: DeliveryContext) -> list[tuple[str, str]]:
    handoff, conversation, contact = context.handoff, context.conversation, context.contact
    consent = handoff.consent if handoff else None
    zone = context.account.time_zone
    agreed = f"“{consent.action_label}”, {local_time(consent.decided_at, zone)}" if consent else None
    facts = [
        ("Summary", handoff.summary if handoff else None),
        ("Reason", handoff.reason.value.replace("_", " ").lower() if handoff else None),
        ("Details", handoff.reason_detail if handoff else None),
        ("E-mail", marked(contact, "email")),
        ("Phone", marked(contact, "phone")),
        ("Profile id", marked(contact, "external_id")),
        ("Tags", ", ".join(conversation.tags)),
        ("The shopper agreed", agreed),
        ("Conversation", context.link),
        ("Times", zone),
    ]
    return [(name, value) for name, value in facts if value]


def _person(context: DeliveryContext) -> Json:
    conversation = context.conversation
    person: Json = {"name": (context.contact.name or conversation.display_name)[:_NAME]}
    if conversation.locale and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", conversation.locale):
        person["locale"] = conversation.locale
    return person


def _subject(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= _SUBJECT else f"{line[: _SUBJECT - 1].rstrip()}…"


def _tags(context: DeliveryContext) -> list[str]:
    """Zendesk tags contain no spaces and are in lower case."""
    reason = [context.handoff.reason.value] if context.handoff else []
    names = ["baton", "ai_handoff", context.conversation.channel.value, *reason, *context.conversation.tags]
    return list(dict.fromkeys(tag for text in names if (tag := "_".join(text.lower().split())[:_TAG])))


def comments_of(context: DeliveryContext) -> Json:
    """Return what `ZendeskSender` needs to add a message: {"comments": [{"mark", "comment"}, …], "by_requester",
    "external_id", "files"}.

    A message that exceeds one comment becomes several. Its files are uploaded with the first (`files`), up to 20 MB
    together; the others are links.
    """
    [message] = context.messages
    uploaded, linked = within_size(context.files_of(message), _UPLOADED)
    entry = entry_of(message, context.account.time_zone, links={file.id: file.url for file in linked})
    by_requester = message.kind is not MessageKind.NOTE
    bodies = html_bodies(entry, TRANSCRIPT_LIMITS.part_bytes - 1_000)  # reserved for the line below it
    author = "" if by_requester else f"{escape(entry.author)}. "
    comments = []
    for number, body in enumerate(bodies, start=1):
        mark = comment_mark(entry.sequence, part=(number, len(bodies)) if len(bodies) > 1 else None)
        html = f"{body}<p>{author}{mark} {entry.at}</p>"
        comments.append({"mark": mark, "comment": {"html_body": html, "public": by_requester}})
    external_id = context.ticket.id if context.ticket else None
    files = [{"name": f.name, "content_type": f.content_type, "key": f.key, "size": f.size} for f in uploaded]
    return {"comments": comments, "by_requester": by_requester, "external_id": external_id, "files": files}


def _note(html: str) -> Json:
    return {"ticket": {"comment": {"html_body": html, "public": False}}}


def json_text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
