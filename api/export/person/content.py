"""The content of the export of a person: a ZIP file whose entries are written one after another.

    index.html            profile, orders, and conversations with their messages, for people
    *.ndjson              the same and the rest, for programs: a JSON object in each line
    files/…               the attachments, as they were sent

Each entry reads the database anew, a page at a time: so an export holds one page in memory, whatever the shopper has.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

import orjson

from api.export.person import page, rows
from api.export.person.archive import Archive
from api.graphql.cost.budget import Budgets
from domain.activity.model import EventQuery
from domain.attachments.ports import FileReader, blob_key
from domain.model.account import Account
from domain.model.attachments import Attachment
from domain.model.conversation import Conversation, Message
from domain.model.messaging import OptOut, ReceivedMail
from domain.model.profile import Profile
from domain.principal import Principal
from domain.retention.person import PersonRecords, own_keys
from domain.storage import ConversationQuery
from domain.values.channel import Channel
from domain.values.errors import NotFound
from domain.values.paging import Slice
from domain.values.record import Record
from resolvers.context import Context
from resolvers.scalars import write_instant

_PAGE = 100  # rows that are read at once
_CHUNK = 64 << 10  # bytes that are handed on at once

Pieces = AsyncIterator[bytes]


class PersonContent(Record):
    """Implements `Content` for one shopper, whose profile is read already."""

    context: Context
    budgets: Budgets
    files: FileReader
    records: PersonRecords
    profile: Profile

    async def pieces(self) -> Pieces:
        archive = Archive(self.context.services.clock.now())
        for name, parts in self._entries():
            with archive.entry(name) as entry:
                async for part in parts:
                    entry.write(part)
                    if archive.waiting >= _CHUNK:
                        yield archive.take()
        async for conversation in self._conversations():
            async for message in self._messages(conversation):
                for attached in message.attachments:
                    file = await self._stored(attached.id)
                    place = rows.file_name(attached)
                    if file is None or place is None:
                        continue
                    with archive.entry(place, packed=False) as entry:
                        async for part in self._bytes(file):
                            entry.write(part)
                            if archive.waiting >= _CHUNK:
                                yield archive.take()
        archive.close()
        yield archive.take()

    def _entries(self) -> Iterable[tuple[str, Pieces]]:
        return (
            ("index.html", self._page()),
            ("profiles.ndjson", self._profiles()),
            ("conversations.ndjson", self._conversation_rows()),
            ("messages.ndjson", self._message_rows()),
            ("consents.ndjson", self._consents()),
            ("drafts.ndjson", self._drafts()),
            ("mails.ndjson", self._mails()),
            ("passed_over.ndjson", self._passed_over()),
            ("orders.ndjson", self._orders()),
            ("touches.ndjson", self._touches()),
            ("activity.ndjson", self._activity()),
            ("opt_outs.ndjson", self._opt_outs()),
        )

    @property
    def _principal(self) -> Principal:
        return self.context.principal

    async def _spend(self, count: int) -> None:
        await self.budgets.spend(self._principal, self._principal.address or "", count)

    async def _page(self) -> Pieces:
        account = await self.context.reader.get(Account, self._principal.account_id)
        now = write_instant(self.context.services.clock.now())
        yield page.head(account.name if account is not None else "", now)
        yield page.facts("Profile", rows.profile_row(self.profile, self.profile))
        async for line in self._orders():
            yield page.facts("Order", orjson.loads(line))
        async for conversation in self._conversations():
            question = await self.context.fresh().first_question(conversation)
            yield page.conversation_begin(rows.conversation_row(conversation, question))
            async for message in self._messages(conversation):
                yield page.messages([rows.message_row(message)])
            yield page.conversation_end()
        yield page.foot()

    async def _profiles(self) -> Pieces:
        for profile_id in (self.profile.id, *self.profile.merged_ids):
            found = await self.context.reader.get(Profile, profile_id)
            if found is not None:
                yield _line(rows.profile_row(found, self.profile))

    async def _conversation_rows(self) -> Pieces:
        async for conversation in self._conversations():
            question = await self.context.fresh().first_question(conversation)
            yield _line(rows.conversation_row(conversation, question))

    async def _message_rows(self) -> Pieces:
        async for conversation in self._conversations():
            async for message in self._messages(conversation):
                yield _line(rows.message_row(message))

    async def _consents(self) -> Pieces:
        async for conversation in self._conversations():
            for row in rows.consent_rows(conversation):
                yield _line(row)

    async def _drafts(self) -> Pieces:
        async for conversation in self._conversations():
            for draft in await self.context.reader.drafts(conversation.id):
                yield _line(rows.draft_row(draft))

    async def _mails(self) -> Pieces:
        async for conversation in self._conversations():
            async for message in self._messages(conversation):
                mail = await self.context.reader.get(ReceivedMail, message.id) if _may_be_mail(conversation) else None
                if mail is not None:
                    yield _line(rows.mail_row(mail))

    async def _passed_over(self) -> Pieces:
        found = await self.records.passed_over(self._principal.account_id, self.profile.keys)
        await self._spend(len(found))
        for passed in found:
            yield _line(rows.passed_over_row(passed))

    async def _orders(self) -> Pieces:
        after, keys = "", own_keys(self.profile)
        while found := await self.records.orders(self._principal.account_id, keys, after=after, limit=_PAGE):
            after = found[-1].id
            await self._spend(len(found))
            for order in found:
                yield _line(rows.order_row(order))

    async def _touches(self) -> Pieces:
        after, keys = "", own_keys(self.profile)
        while found := await self.records.touches(self._principal.account_id, keys, after=after, limit=_PAGE):
            after = found[-1].id
            await self._spend(len(found))
            for touch in found:
                yield _line(rows.touch_row(touch))

    async def _activity(self) -> Pieces:
        query = EventQuery(profile_ids=(self.profile.id, *self.profile.merged_ids))
        after: tuple[object, ...] | None = None
        while True:
            found = await self.context.services.activity.events(
                self._principal.account_id, query, Slice(limit=_PAGE, after=after)
            )
            await self._spend(len(found.items))
            for event in found.items:
                yield _line(rows.event_row(event))
            if not found.has_next:
                return
            after = (found.items[-1].at, found.items[-1].id)

    async def _opt_outs(self) -> Pieces:
        ids = self.context.services.person_exports.opt_out_ids(self._principal.account_id, self.profile)
        for opt_out in (await self.context.reader.get_many(OptOut, ids)).values():
            yield _line(rows.opt_out_row(opt_out))

    async def _conversations(self) -> AsyncIterator[Conversation]:
        query = ConversationQuery(profile_ids=(self.profile.id, *self.profile.merged_ids), descending=False)
        after: tuple[object, ...] | None = None
        while True:
            found = await self.context.reader.conversations(query, Slice(limit=_PAGE, after=after))
            await self._spend(len(found.items))
            for row in found.items:
                yield row.conversation
            if not found.has_next:
                return
            after = found.items[-1].key

    async def _messages(self, conversation: Conversation) -> AsyncIterator[Message]:
        after: tuple[object, ...] | None = None
        while True:
            found = await self.context.reader.messages(
                conversation.id, upto=conversation.sequence, notes=True, page=Slice(limit=_PAGE, after=after)
            )
            await self._spend(len(found.items))
            for message in found.items:
                yield message
            if not found.has_next:
                return
            after = (found.items[-1].sequence,)

    async def _stored(self, attachment_id: str) -> Attachment | None:
        file = await self.context.reader.get(Attachment, attachment_id)
        return file if file is not None and file.is_whole else None

    async def _bytes(self, file: Attachment) -> Pieces:
        """Yield the bytes of a file; none if it was deleted meanwhile."""
        try:
            async for part in self.files.read(blob_key(self._principal.account_id, file), start=0, end=file.size or 0):
                yield part
        except NotFound:
            return


def _may_be_mail(conversation: Conversation) -> bool:
    """Whether mails may be among its messages: an answer to a web chat may come by mail."""
    return conversation.channel in (Channel.EMAIL, Channel.WEB_CHAT)


def _line(row: dict[str, Any]) -> bytes:
    return orjson.dumps(row) + b"\n"
