"""Importer for ABCD, the Action-Based Conversations Dataset: retail conversations (github.com/asappresearch/abcd).

A record is {convo_id, scenario, original, delexed}. `original` is a list of [speaker, text], where the speaker is
"agent", "customer" or "action".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from domain.imports.model import ImportedConversation, ImportedMessage, ImportedRecord
from domain.model.conversation import AuthorKind, Visitor
from domain.values.contacts import check_email, check_phone
from domain.values.errors import Invalid
from domain.values.text import check_label
from integrations.importers.records import read_records
from integrations.importers.transcript import TIME_NAMES, Moment, digest, from_first_question, to_message

SOURCE = "abcd"

# The agents of the dataset were people, but are imported as the AI agent. The conversations have no handoff, and a
# conversation without handoff cannot contain messages of a human agent. Lines of the speaker "action" are tool calls,
# and are omitted.
_AUTHORS = {"customer": AuthorKind.SHOPPER, "agent": AuthorKind.AI_AGENT}
_COUNTRY_CODE = "+1"  # the customers are in the United States, and their numbers have no country code
_NATIONAL_DIGITS = 10


class _Line(BaseModel):
    speaker: Literal["agent", "customer", "action"]
    text: str
    sent_at: Moment | None = Field(None, validation_alias=TIME_NAMES)

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, line: object) -> object:
        return dict(zip(("speaker", "text", "timestamp"), line, strict=False)) if isinstance(line, list) else line


class _Personal(BaseModel):
    customer_name: str | None = None
    email: str | None = None
    phone: str | None = None


class _Scenario(BaseModel):
    personal: _Personal = _Personal()
    flow: str | None = None
    subflow: str | None = None


class _Record(BaseModel):
    original: tuple[_Line, ...]
    convo_id: int | str | None = None
    scenario: _Scenario = _Scenario()
    started_at: Moment | None = Field(None, validation_alias=TIME_NAMES)


def read(path: Path) -> Iterator[ImportedRecord]:
    """Yield the records of the file. Raises `Invalid` if the rest of the file cannot be read."""
    return read_records(path, _conversation, own_lists=frozenset({b"original", b"delexed"}))


def _conversation(raw: object) -> ImportedConversation | None:
    record = _Record.model_validate(raw)
    messages = from_first_question(_messages(record))
    if not messages:
        return None
    content_digest = digest([(line.speaker, line.text) for line in record.original])
    return ImportedConversation(
        source=SOURCE,
        key=content_digest if record.convo_id is None else str(record.convo_id),
        messages=messages,
        visitor=_visitor(record.scenario.personal),
        tags=_tags(record.scenario),
        started_at=record.started_at,
    )


def _messages(record: _Record) -> Iterator[ImportedMessage]:
    for index, line in enumerate(record.original):
        author = _AUTHORS.get(line.speaker)
        if author and (imported := to_message(author, line.text, line.sent_at, field=("original", str(index)))):
            yield imported


def _tags(scenario: _Scenario) -> tuple[str, ...]:
    topics = (("flow", scenario.flow), ("subflow", scenario.subflow))
    labels = [check_label(topic, field=("scenario", name)) for name, topic in topics if topic]
    return tuple(dict.fromkeys(labels))


def _visitor(personal: _Personal) -> Visitor:
    return Visitor(
        name=_valid_or_none(check_label, personal.customer_name),
        email=_valid_or_none(check_email, personal.email),
        phone=_valid_or_none(check_phone, _international(personal.phone)),
    )


def _international(phone: str | None) -> str | None:
    digits = "".join(character for character in phone or "" if character in "0123456789")
    return f"{_COUNTRY_CODE}{digits}" if len(digits) == _NATIONAL_DIGITS else phone


def _valid_or_none(check: Callable[..., str], contact: str | None) -> str | None:
    """The checked value, or None if it is invalid: a bad address must not prevent the import of a conversation."""
    if contact is None:
        return None
    try:
        return check(contact, field=())
    except Invalid:
        return None
