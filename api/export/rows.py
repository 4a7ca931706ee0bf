"""Writes the rows of an export piece by piece: the conversation's fields, its messages, the end of the row.

NDJSON has the field names of the GraphQL schema. CSV follows RFC 4180, with one row per conversation and its transcript
in one cell. A cell that a spreadsheet would read as a formula begins with an apostrophe (OWASP, CSV injection).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import orjson

from api.export.request import Format
from domain.model.attachments import AttachedFile
from domain.model.conversation import Conversation, Message, ProductCard
from domain.model.profile import Profile
from domain.values.ids import AttachmentId
from resolvers.relay.global_ids import to_global_id
from resolvers.scalars import write_instant

COLUMNS = (
    *("id", "channel", "status", "displayName", "firstQuestion", "tags", "initialSkill", "finalSkill", "startedAt"),
    *("lastMessageAt", "closedAt", "messageCount", "profileId", "externalId", "name", "email", "phone", "verified"),
    *("identityVerified", "transcript", "cursor"),
)
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
BOM = "\ufeff".encode()


class RowWriter(Protocol):
    def head(self) -> bytes:
        """Return the bytes before the first row."""

    def begin(self, conversation: Conversation, profile: Profile | None, question: str, cursor: str) -> bytes:
        """Return the row up to its messages. `profile` is None if the caller may not read profiles; `question` is the
        whole first question."""

    def messages(self, messages: Iterable[Message]) -> bytes:
        """Return some of the row's messages; called as often as needed."""

    def end(self) -> bytes:
        """Return the rest of the row."""


LinkTo = Callable[[AttachmentId], str]
"""Returns an address of a file."""


def writer(form: Format, *, bom: bool, link_to: LinkTo) -> RowWriter:
    return CsvRows(bom=bom, link_to=link_to) if form is Format.CSV else JsonRows(link_to=link_to)


class JsonRows:
    def __init__(self, *, link_to: LinkTo) -> None:
        self._link_to = link_to
        self._first = True

    def head(self) -> bytes:
        return b""

    def begin(self, conversation: Conversation, profile: Profile | None, question: str, cursor: str) -> bytes:
        self._first = True
        row = {
            "cursor": cursor,
            **_fields(conversation, question),
            "profile": None if profile is None else _profile(profile),
        }
        return orjson.dumps(row)[:-1] + b',"messages":['

    def messages(self, messages: Iterable[Message]) -> bytes:
        parts = b",".join(orjson.dumps(_message(message, self._link_to)) for message in messages)
        if not parts:
            return b""
        joined = parts if self._first else b"," + parts
        self._first = False
        return joined

    def end(self) -> bytes:
        return b"]}\n"


class CsvRows:
    def __init__(self, *, bom: bool, link_to: LinkTo) -> None:
        self._bom = bom
        self._link_to = link_to
        self._cursor = ""

    def head(self) -> bytes:
        return (BOM if self._bom else b"") + (",".join(COLUMNS) + "\r\n").encode()

    def begin(self, conversation: Conversation, profile: Profile | None, question: str, cursor: str) -> bytes:
        self._cursor = cursor
        known = {} if profile is None else {**_profile(profile), "profileId": to_global_id("Profile", profile.id)}
        values = {**known, **_fields(conversation, question), "tags": "; ".join(conversation.tags)}
        return (",".join(cell(values.get(name)) for name in COLUMNS[:-2]) + ',"').encode()

    def messages(self, messages: Iterable[Message]) -> bytes:
        return "".join(_line(message, self._link_to).replace('"', '""') for message in messages).encode()

    def end(self) -> bytes:
        return f'",{cell(self._cursor)}\r\n'.encode()


def cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    if text.startswith(_FORMULA):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


def _fields(conversation: Conversation, question: str) -> dict[str, object]:
    return {
        "id": to_global_id("Conversation", conversation.id),
        "channel": conversation.channel.value,
        "status": conversation.status.value,
        "displayName": conversation.display_name,
        "identityVerified": conversation.visitor.is_proved,
        "firstQuestion": question,
        "tags": conversation.tags,
        "initialSkill": conversation.initial_skill,
        "finalSkill": conversation.final_skill,
        "startedAt": write_instant(conversation.started_at),
        "lastMessageAt": write_instant(conversation.last_message_at),
        "closedAt": None if conversation.closed_at is None else write_instant(conversation.closed_at),
        "messageCount": conversation.message_count,
    }


def _profile(profile: Profile) -> Mapping[str, object]:
    return {
        "id": to_global_id("Profile", profile.id),
        "externalId": profile.external_id,
        "name": profile.name,
        "email": profile.email,
        "phone": profile.phone,
        "verified": profile.verified,
    }


def _message(message: Message, link_to: LinkTo) -> dict[str, object]:
    return {
        "sequence": message.sequence,
        "kind": message.kind.value,
        "author": {"kind": message.author.kind.value, "name": message.author.name},
        "text": message.text,
        "sentAt": write_instant(message.sent_at),
        "products": [_card(card) for card in message.products],
        "attachments": [_file(file, link_to) for file in message.attachments],
    }


def _file(file: AttachedFile, link_to: LinkTo) -> dict[str, object]:
    url = None if file.problem else link_to(file.id)
    return {"name": file.name, "contentType": file.content_type, "bytes": file.size, "url": url}


def _card(card: ProductCard) -> dict[str, object]:
    price = card.price and {"amount": format(card.price.amount, "f"), "currency": card.price.currency}
    return {"productId": card.product_id, "title": card.title, "url": card.url, "price": price, "sku": card.sku}


def _line(message: Message, link_to: LinkTo) -> str:
    shown = "".join(f"\n  - {card.title}" for card in message.products)
    shown += "".join(f"\n  - {f.name}{'' if f.problem else f': {link_to(f.id)}'}" for f in message.attachments)
    author = message.author.kind.value if message.seen_by_shopper else f"{message.author.kind.value}, note"
    return f"[{write_instant(message.sent_at)}] {message.author.name} ({author}): {message.text}{shown}\n"
