"""Looks for a shopper in the whole database: the bytes of every record of the account, in every collection.

It knows nothing of what the collections mean, so it also finds the shopper where nobody has thought of. A step reads
records in the order of their ids for about a second, encodes them as BSON, and looks for the identifiers in the bytes.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import Any

import bson

from domain.erasure.model import MOST_MENTIONS, Erasure, ErasureScope, Mention
from domain.erasure.ports import RecordTexts, Searched, Traces
from domain.model.conversation import Conversation, Visitor
from domain.model.outbox import OutgoingKind
from domain.model.profile import Profile, identity_keys
from domain.values.contacts import is_country_code, national_number
from domain.values.ids import AccountId, ConversationId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.erasure.places import PlaceReader, RecordPage
from integrations.mongo.search.search_index import TERMS, VOCABULARY, words_in

Records = Sequence[Mapping[str, Any]]

_SECONDS = 1.0  # of a step: it reads pages until they are over
_SHORTEST = 5  # characters of an identifier: a shorter one is in the bytes by chance
_LONG_NUMBER = 9  # digits of a phone number: a shorter one is in the bytes by chance
_LONGEST_CODE = 3  # digits of a country code
_LONGEST = 320  # characters of an identifier: the longest e-mail address
_BETWEEN_DIGITS = b" -./()"  # as in (0151) 234-567.89
_SEPARATORS = re.compile(r"[\s,;:|<>()]+")


class ShopperFinder:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._places = PlaceReader(database=database)

    async def search(self, account_id: AccountId, erasures: Sequence[Erasure]) -> Searched:
        """Look at the next records, for the shoppers of all of these erasures. Raises PyMongoError."""
        scopes = [each.scope or ErasureScope(profile_ids=()) for each in erasures]
        wanted = await self._own(account_id, scopes)
        held = await held_of(self._database, account_id, scopes)
        mentions: list[list[Mention]] = [[] for _ in erasures]
        position, records, ends = erasures[0].position or None, 0, perf_counter() + _SECONDS
        while True:
            page = await self._places.page(account_id, position)
            await self._add_mentions(mentions, account_id, page, wanted, held)
            records, position = records + len(page.records), page.position
            if position is None or perf_counter() > ends:
                break
        traces = {
            erasure.id: Traces(mentions=tuple(found[:MOST_MENTIONS]), held=left)
            for erasure, found, left in zip(erasures, mentions, held, strict=True)
        }
        return Searched(records=records, traces=traces, position=position)

    async def _add_mentions(
        self,
        mentions: Sequence[list[Mention]],
        account_id: AccountId,
        page: RecordPage,
        wanted: Sequence[Sequence[str]],
        held: Sequence[Sequence[ConversationId]],
    ) -> None:
        """Add the records of a page that name a shopper to the mentions of this shopper."""
        records = SearchedRecords(
            [row for row in zip(page.records, page.written, strict=True) if not _tells_vendor(row[0])]
        )
        for found, own, left in zip(mentions, wanted, held, strict=True):
            # The search index has numbers within their country as words of their own, so somebody else's in another
            # country looks the same there.
            named = records.with_any(own, national=page.place not in (TERMS, VOCABULARY))
            if left and named:
                named = await self._not_held(account_id, page.place, named, left)
            found += [Mention(place=page.place, id=_shown(each["_id"], own)) for each in named[:MOST_MENTIONS]]
            await asyncio.sleep(0)  # others' turn: looking for a shopper may take some milliseconds

    async def texts(self, account_id: AccountId) -> AsyncIterator[RecordTexts]:
        """Yield every record. Raises `Unavailable`."""
        position: str | None = None
        while True:
            with driver_errors():
                page = await self._places.page(account_id, position)
            for each in (row for row in page.records if not _tells_vendor(row)):
                texts = frozenset(part for text in _strings(each) for part in _parts(text))
                yield RecordTexts(place=page.place, id=str(each["_id"]), texts=texts)
            position = page.position
            if position is None:
                return

    async def _not_held(
        self, account_id: AccountId, place: str, records: Records, held: Sequence[ConversationId]
    ) -> list[Mapping[str, Any]]:
        """Return the records without those of conversations under a legal hold, which wait for its end: what names one
        of them, and words by which they are found."""
        if place == VOCABULARY:
            query = scoped(account_id, {"_id": {"$in": list(held)}})
            rows = await self._database.collection(TERMS).find(query, projection=["terms"]).to_list(None)
            words = {f"{account_id}:{word}" for row in rows for word in words_in(row["terms"])}
            return [each for each in records if each["_id"] not in words]
        ids = [each.encode() for each in held]
        return [each for each in records if (written := bson.encode(each)) and not any(id_ in written for id_ in ids)]

    async def _own(self, account_id: AccountId, scopes: Sequence[ErasureScope]) -> list[list[str]]:
        """Return the identifiers that are each shopper's alone: others may have given the same, or a later shopper."""
        texts = [[each for each in scope.identifiers if len(each) >= _SHORTEST] for scope in scopes]
        keys = {text: _keys_of(text) for own in texts for text in own}
        every = sorted({key for own in keys.values() for key in own})
        query = {"$or": [{"keys": {"$in": every}}, {"claims": {"$in": every}}]}
        rows = self._database.collection(COLLECTIONS[Profile]).find(scoped(account_id, query), ["keys", "claims"])
        owners: dict[str, set[str]] = {}
        for row in await rows.to_list(None):
            for key in (*row.get("keys", ()), *row.get("claims", ())):
                owners.setdefault(key, set()).add(row["_id"])
        everybody = [set[str](scope.profile_ids) for scope in scopes]
        return [
            [text for text in own if all(owners.get(key, set()) <= profiles for key in keys[text])]
            for own, profiles in zip(texts, everybody, strict=True)
        ]


class SearchedRecords:
    """Records in whose bytes texts are looked for, in upper or lower case. Most texts are in none of them, so all of
    them are looked at as one at first."""

    def __init__(self, rows: Sequence[tuple[Mapping[str, Any], bytes]]) -> None:
        self._rows = rows
        self._whole = b"".join(written for _, written in rows).lower()
        self._folded: bytes | None = None  # the same, if a text with letters beyond ASCII is looked for
        self._joined: bytes | None = None  # the same without the signs that divide a number, if one is looked for

    def with_any(self, texts: Sequence[str], *, national: bool) -> list[Mapping[str, Any]]:
        """Return the records that have any of the texts. `national`: or a number as it is dialled in its country."""
        # No regular expression, which Python would keep in its cache.
        there = [form for form in _forms(texts) if form in self._whole]
        beyond = [_folded(text.encode()) for text in texts if not text.isascii()]
        if beyond:
            self._folded = _folded(self._whole) if self._folded is None else self._folded
            beyond = [form for form in beyond if form in self._folded]
        numbers = _national(texts) if national else []
        if numbers:
            self._joined = _joined(self._whole) if self._joined is None else self._joined
            numbers = [number for number in numbers if _has_number(self._joined, number)]
        return [
            record
            for record, written in self._rows
            if (there and any(form in written.lower() for form in there))
            or (beyond and any(form in _folded(written) for form in beyond))
            or (numbers and any(_has_number(_joined(written), number) for number in numbers))
        ]


async def held_of(
    database: MongoDatabase, account_id: AccountId, scopes: Sequence[ErasureScope]
) -> list[tuple[ConversationId, ...]]:
    """Return the conversations of each shopper that are under a legal hold. Raises PyMongoError."""
    profiles = sorted({each for scope in scopes for each in scope.profile_ids})
    query = scoped(account_id, {"profile_id": {"$in": profiles}, "hold": {"$exists": True}})
    found = database.collection(COLLECTIONS[Conversation]).find(query, projection=["profile_id"], sort=[("_id", 1)])
    rows = await found.to_list(None)
    return [tuple(ConversationId(row["_id"]) for row in rows if row["profile_id"] in s.profile_ids) for s in scopes]


def _forms(texts: Iterable[str]) -> list[bytes]:
    """Return what is looked for in bytes in lower case, which letters beyond ASCII keep as they are. A phone number is
    looked for without its plus, as carriers and the search index write it."""
    forms: dict[bytes, None] = {}
    for text in texts:
        digits = text.removeprefix("+")
        known = digits if text != digits and len(digits) >= _LONG_NUMBER and digits.isdigit() else text
        forms.update(dict.fromkeys((known.encode().lower(), known.lower().encode())))
    return list(forms)


def _national(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return those of the texts that are phone numbers: country codes, and the digits behind them."""
    return [found for text in texts if (found := national_number(text)) and len(found[1]) >= _LONG_NUMBER]


def _joined(written: bytes) -> bytes:
    """Return bytes without the signs that people write between the digits of a number."""
    return written.translate(None, delete=_BETWEEN_DIGITS)


def _has_number(joined: bytes, number: tuple[str, str]) -> bool:
    """Return whether joined bytes have a number, as it is dialled within its country or from abroad. The same digits
    behind another country's code are somebody else's number."""
    code, digits = number
    wanted, at = digits.encode(), -1
    while (at := joined.find(wanted, at + 1)) >= 0:
        before = joined[max(0, at - _LONGEST_CODE - 1) : at]
        dialled = before[len(before.rstrip(b"0123456789")) :].decode()
        dialled = dialled.lstrip("0")  # as in 0049, from abroad
        if dialled == code or dialled.endswith("0") or not is_country_code(dialled):
            return True
    return False


def _folded(written: bytes) -> bytes:
    """Return bytes with all letters of their texts in lower case and in one form: accents may be characters of their
    own."""
    text = written.decode(errors="ignore")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower()).encode()


def _tells_vendor(record: Mapping[str, Any]) -> bool:
    """Whether the record is a call that tells a vendor whom to delete. It loses that once the vendor has accepted it,
    and the erasure's record names those that it has not."""
    return "erasure_id" in record and record.get("kind") == OutgoingKind.ERASURE


def _keys_of(text: str) -> tuple[str, ...]:
    """Return the identity keys that a profile with this text may have."""
    return (*identity_keys(Visitor(external_id=text, email=text, phone=text)), f"b:{text}")


def _strings(value: Any) -> Iterator[str]:
    """Yield every text in a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, bytes):
        yield value.decode(errors="replace")


def _parts(text: str) -> Iterator[str]:
    """Yield what may be an identifier in a text: all of it, and its words without the signs around them."""
    if _SHORTEST <= len(text) <= _LONGEST:
        yield text
    for word in _SEPARATORS.split(text):
        word = word.strip(".!?'\"[]{}&")
        if _SHORTEST <= len(word) <= _LONGEST:
            yield word


def _shown(record_id: Any, wanted: Sequence[str]) -> str:
    """The id of a record for people; without the identifier, which some ids are made of."""
    text = str(record_id)
    for each in wanted:
        text = text.replace(each, "…")
    for _, digits in _national(wanted):
        text = text.replace(digits, "…")
    lower = text.encode().lower()
    return "…" if any(form in lower for form in _forms(wanted)) else text
