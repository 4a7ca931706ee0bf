"""Removes the words of one message from the comments of a Zendesk ticket, for good.

    the message's own comment    found by its mark: everything above the mark, and its files
    every other comment          where the words are: the transcript, a summary, what the team has written there

Zendesk puts ▇ in place of what is within `<redact>`. So a call that is repeated finds nothing more. Accounts without
the Agent Workspace have an older call for one text, which works until the ticket is closed. Wire format:
developer.zendesk.com, "Redact Ticket Comment In Agent Workspace", "Redact String in Comment", "Redact Comment
Attachment".
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from html import unescape

from domain.delivery.errors import PermanentError
from domain.delivery.model import DeliveryResult
from domain.handoff.transcript import REMOVED, comment_mark, marked_message
from domain.outbox.ports import DeliveryRequest
from domain.values.record import Record
from integrations.helpdesks.words import in_html, in_text
from integrations.helpdesks.zendesk.listing import Call, tickets_with
from integrations.helpdesks.zendesk.payloads import json_text
from integrations.http import Json

_PAGE = 25  # comments; each may have 64 kB, in three formats
_GONE = (404, 410)
_NOT_OFFERED = (400, 403, 404, 405)  # the account has no Agent Workspace
_REDACTED_FILE = "redacted.txt"  # which Zendesk puts in place of a file
_TAG = re.compile(r"(<[^<>]*>)")
_REDACTED = re.compile(r"[\s▇]*\Z")
_LINK = re.compile(r"<(a|img)\b(?![^<>]*\sredact)([^<>]*?)(/?)>")
_LINKED = re.compile(r"<a\b(?![^<>]*\sredact)([^<>]*)>(?=\s*<redact>)")


class Marked(Record):
    """A comment with what is to be redacted."""

    html: str  # with `<redact>` around it
    texts: Sequence[str]  # the same, for the older call


async def redact(call: Call, request: DeliveryRequest) -> DeliveryResult:
    """Redact the message in every ticket that the request names. Returns the status of the last call.

    Raises `TransientError`, `PermanentError`.
    """
    told: Json = json.loads(request.payload)
    status = 200
    try:
        for ticket in await _tickets(call, request, told):
            async for comment in _comments(call, request, str(ticket["id"])):
                status = await _redact_comment(call, request, str(ticket["id"]), comment, told) or status
            if told["is_question"]:
                status = await _empty_subject(call, request, ticket, told["words"]) or status
    finally:
        re.purge()
    return DeliveryResult(http_status=status)


async def _tickets(call: Call, request: DeliveryRequest, told: Json) -> list[Json]:
    """Return the tickets of the conversation: also one that was closed, and goes on as another."""
    found = {str(row["id"]): row for row in await tickets_with(call, request, told["external_id"])}
    number = told["ticket"]
    if number is not None and number not in found:
        try:
            found[number] = (await call(request, "GET", f"/api/v2/tickets/{number}.json")).body["ticket"]
        except PermanentError as error:
            if error.http_status not in _GONE:
                raise
    return list(found.values())


async def _comments(call: Call, request: DeliveryRequest, number: str) -> AsyncIterator[Json]:
    params = {"page[size]": str(_PAGE)}
    while True:
        body = (await call(request, "GET", f"/api/v2/tickets/{number}/comments.json", params=params)).body
        for comment in body["comments"]:
            yield comment
        if not body["meta"].get("has_more"):
            return
        params["page[after]"] = str(body["meta"]["after_cursor"])


async def _redact_comment(call: Call, request: DeliveryRequest, number: str, comment: Json, told: Json) -> int | None:
    """Redact what is left of the message in a comment. Returns the status of the call, `None` if nothing is left."""
    html = str(comment.get("html_body") or "")
    is_own = marked_message(str(comment.get("plain_body") or comment.get("body") or "")) == told["sequence"]
    marked = _all_above(html, comment_mark(told["sequence"])) if is_own else _where(html, told["words"])
    given = (comment.get("attachments") or []) if is_own else []
    files = [each for each in given if isinstance(each, dict) and each.get("file_name") != _REDACTED_FILE]
    if marked is None and not files:
        return None
    path = f"/api/v2/comment_redactions/{comment['id']}.json"
    body: Json = {"ticket_id": int(number)}
    body |= {"html_body": marked.html} if marked else {}
    body |= {"external_attachment_urls": [each["content_url"] for each in files]} if files else {}
    try:
        return (await call(request, "PUT", path, content=json_text(body).encode())).status
    except PermanentError as error:
        if error.http_status not in _NOT_OFFERED:
            raise _without_credentials(error) from None
    return await _redact_texts(call, request, f"/api/v2/tickets/{number}/comments/{comment['id']}", marked, files)


async def _redact_texts(
    call: Call, request: DeliveryRequest, path: str, marked: Marked | None, files: Sequence[Json]
) -> int:
    """The older calls: one for each text, and one for each file."""
    status = 200
    try:
        for text in marked.texts if marked else ():
            content = json_text({"text": text}).encode()
            status = (await call(request, "PUT", f"{path}/redact.json", content=content)).status
        for file in files:
            await call(request, "PUT", f"{path}/attachments/{file['id']}/redact.json", content=b"{}")
    except PermanentError as error:
        if error.http_status not in _GONE:
            raise _without_credentials(error) from None
    return status


async def _empty_subject(call: Call, request: DeliveryRequest, ticket: Json, words: str) -> int | None:
    """Replace a subject that is made of the words; that of a ticket which is closed for good cannot be changed."""
    subject = " ".join(str(ticket.get("subject") or "").split())
    start = subject.removesuffix("…")
    if in_text(start) is None or not " ".join(words.split()).startswith(start):
        return None
    content = json_text({"ticket": {"subject": REMOVED}}).encode()
    try:
        return (await call(request, "PUT", f"/api/v2/tickets/{ticket['id']}.json", content=content)).status
    except PermanentError as error:
        if error.http_status not in (*_GONE, 422):
            raise _without_credentials(error) from None
    return None


def _all_above(html: str, mark: str) -> Marked | None:
    """Mark everything above the line with the comment's own mark."""
    above, line, below = _split(html, mark.removesuffix(","))
    marked, texts = _wrapped(above)
    if not texts:
        return None
    return Marked(html=_LINK.sub(r"<\1\2 redact\3>", marked) + line + below, texts=texts)


def _where(html: str, words: str) -> Marked | None:
    """Mark the words wherever they are."""
    pattern, texts = in_html(words), list[str]()
    if pattern is None:
        return None

    def mark(found: re.Match[str]) -> str:
        if found["words"] is None:
            return found[0]
        marked, each = _wrapped(found["words"])
        texts.extend(each)
        return marked

    marked = pattern.sub(mark, html)
    return Marked(html=_LINKED.sub(r"<a\1 redact>", marked), texts=texts) if texts else None


def _wrapped(html: str) -> tuple[str, list[str]]:
    """Wrap every text between the tags that is not redacted yet. Returns the HTML, and the texts."""
    parts, texts = _TAG.split(html), list[str]()
    for index in range(0, len(parts), 2):
        text = parts[index]
        if not _REDACTED.match(text):
            texts.append(unescape(text).strip())
            parts[index] = f"<redact>{text}</redact>"
    return "".join(parts), texts


def _split(html: str, mark: str) -> tuple[str, str, str]:
    """Return what is before the text with the last mark, that text, and what comes after it."""
    parts = _TAG.split(html)
    place = next((index for index in range(len(parts) - 1, -1, -1) if mark in parts[index]), len(parts))
    return "".join(parts[:place]), "".join(parts[place : place + 1]), "".join(parts[place + 1 :])


def _without_credentials(error: PermanentError) -> PermanentError:
    """The connected user may have no right to redact, while all else works."""
    return PermanentError(error.message, http_status=error.http_status)
