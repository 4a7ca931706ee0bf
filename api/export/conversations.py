"""The export of conversations with their transcripts."""

from __future__ import annotations

from collections.abc import AsyncIterator

from api.export.content import BEGIN
from api.export.request import ExportRequest
from api.export.rows import LinkTo, RowWriter, writer
from api.graphql.cost import prices
from api.graphql.cost.budget import Budgets
from domain.attachments.links import HANDED_ON
from domain.export.ports import Transcripts
from domain.model.conversation import Conversation
from domain.principal import Permission, Principal
from domain.values.record import Record
from resolvers.context import Context
from resolvers.conversation.export import ExportSource, Page, read_filter


class ConversationContent(Record):
    budgets: Budgets
    transcripts: Transcripts
    principal: Principal
    asked: ExportRequest
    pages: ExportSource
    first: Page
    link_to: LinkTo

    async def pieces(self) -> AsyncIterator[bytes]:
        rows, page = writer(self.asked.format, bom=self.asked.bom, link_to=self.link_to), self.first
        yield rows.head()
        while True:
            async for piece in self._page(rows, page):
                yield piece
            await self._charge(page)
            if not page.has_next:
                return
            page = await self.pages.next()

    async def _charge(self, page: Page) -> None:
        """Take the page's cost from the caller's budget: an export goes on at the pace of the budget."""
        cost = sum(1 + row.conversation.message_count for row in page.items)
        await self.budgets.spend(self.principal, self.principal.address or "", cost)

    async def _page(self, rows: RowWriter, page: Page) -> AsyncIterator[bytes]:
        profiles = await self.pages.profiles(page)
        questions = await self.pages.first_questions(page)
        cursors = {row.conversation.id: self.pages.cursor(row) for row in page.items}
        begun: Conversation | None = None
        conversations = [row.conversation for row in page.items]
        found = self.transcripts.of(
            self.principal.account_id, conversations, notes=self.asked.notes and self.principal.inside
        )
        async for conversation, messages, is_last in found:
            if conversation is not begun:
                begun = conversation
                profile = profiles.get(conversation.profile_id)
                yield rows.begin(conversation, profile, questions[conversation.id], cursors[conversation.id])
            yield rows.messages(messages)
            if is_last:
                yield rows.end()


class ConversationExport:
    name = "conversations"
    permission = Permission.READ_CONVERSATIONS
    parameters: tuple[str, ...] = ("format", "filter", "order", "after", "notes", "bom")

    def __init__(self, *, budgets: Budgets, transcripts: Transcripts) -> None:
        self._budgets = budgets
        self._transcripts = transcripts

    async def begin(self, context: Context, asked: ExportRequest) -> ConversationContent:
        given, principal = read_filter(asked.filter), context.principal
        cost = BEGIN + (prices.SEARCH if given.search else 0)
        self._budgets.charge(principal, principal.address or "", cost)
        services, account_id = context.services, principal.account_id
        pages = await ExportSource.begin(context, given, asked.direction, asked.after)
        return ConversationContent(
            budgets=self._budgets,
            transcripts=self._transcripts,
            principal=principal,
            asked=asked,
            pages=pages,
            first=await pages.next(),
            link_to=lambda file_id: services.attachments.links.download(
                account_id, file_id, services.clock.now(), life=HANDED_ON
            ),
        )
