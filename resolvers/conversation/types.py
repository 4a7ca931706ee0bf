"""A conversation in the graph."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain.model import conversation as model
from domain.principal import Permission
from domain.values.paging import Page, Slice
from resolvers.arguments import After, Before, First, Last
from resolvers.context import Context, Info
from resolvers.conversation.controller import Controller
from resolvers.conversation.enums import ConversationStatus
from resolvers.conversation.message import Message, MessageConnection, ProductCard, message_listing
from resolvers.enums import Channel
from resolvers.relay.global_ids import Node, to_global_id
from resolvers.scalars import Cursor

if TYPE_CHECKING:
    from resolvers.commerce.types import AttributedSale
    from resolvers.handoff.types import Handoff
    from resolvers.inbox.types import Ticket
    from resolvers.profile.types import Profile


@strawberry.type(description="What the agent wrote under an epoch that was over: shown to nobody but staff.")
class Draft:
    text: str = strawberry.field(description="What it wrote.")
    epoch: int = strawberry.field(description="Under which epoch.")
    written_at: datetime = strawberry.field(description="When.")
    products: list[ProductCard] = strawberry.field(description="The products it would have shown.")

    @classmethod
    def of(cls, row: model.Draft) -> Self:
        products = [ProductCard.of(card) for card in row.products]
        return cls(text=row.text, epoch=row.epoch, written_at=row.written_at, products=products)


@strawberry.type(description="A conversation between a shopper and the agent, from the first message to the close.")
class Conversation(Node):
    row: strawberry.Private[model.Conversation]
    channel: Channel = strawberry.field(description="Where the shopper writes.")
    status: ConversationStatus = strawberry.field(description="What became of it.")
    display_name: str = strawberry.field(description='The shopper\'s name, else e-mail, else phone, else "Anonymous".')
    first_question: str = strawberry.field(description="The shopper's first message.")
    tags: list[str] = strawberry.field(description="Topics, put on by the agent. A set: the order means nothing.")
    initial_skill: str | None = strawberry.field(description="The first skill that the agent named.")
    final_skill: str | None = strawberry.field(description="The last skill that the agent named.")
    started_at: datetime = strawberry.field(
        description="When the first message came. It belongs to the local day of this instant for ever."
    )
    last_message_at: datetime = strawberry.field(description="When the last message was sent, notes left out.")
    closed_at: datetime | None = strawberry.field(
        description="When it was closed. After 48 silent hours: the last message plus 48 h, however late the timer."
    )
    message_count: int = strawberry.field(description="Messages that the shopper saw: notes are left out.")
    controller: Controller = strawberry.field(description="Who may speak next.")
    version: int = strawberry.field(description="Grows with every change: of two states, the greater is the newer.")

    @strawberry.field(description="The shopper. A shopper sees only what it said of itself here.")
    async def profile(self, info: Info) -> Annotated["Profile", strawberry.lazy("resolvers.profile.types")] | None:
        from resolvers.profile.types import Profile, load_profile

        if not info.context.principal.inside:
            return Profile.as_shown(self.row)
        return await load_profile(info.context, self.row.profile_id)

    @strawberry.field(description="Its messages, oldest first. A page has 25 unless asked otherwise, at most 100.")
    async def messages(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> MessageConnection:
        listing = message_listing(info.context, self.row)
        page = await _messages(info.context, self.row, listing.slice(first, after, last, before))
        total = self.row.sequence if _sees_notes(info.context) else self.row.message_count
        return MessageConnection(total_count=total, **listing.parts(page))

    @strawberry.field(description="The latest message that the caller may see.")
    async def last_message(self, info: Info) -> Message | None:
        page = await _messages(info.context, self.row, Slice(limit=1, from_end=True))
        return Message.of(page.items[0]) if page.items else None

    @strawberry.field(description="The latest handoff.")
    def handoff(self) -> Annotated["Handoff", strawberry.lazy("resolvers.handoff.types")] | None:
        from resolvers.handoff.types import Handoff

        return None if self.row.handoff is None else Handoff.of(self.row.handoff, self.row)

    @strawberry.field(description="Every handoff, the oldest first.")
    def handoffs(self) -> list[Annotated["Handoff", strawberry.lazy("resolvers.handoff.types")]]:
        from resolvers.handoff.types import Handoff

        return [Handoff.of(handoff, self.row) for handoff in self.row.handoffs]

    @strawberry.field(description="The latest ticket. For staff and agents; null for shoppers.")
    def ticket(self, info: Info) -> Annotated["Ticket", strawberry.lazy("resolvers.inbox.types")] | None:
        from resolvers.inbox.types import Ticket

        visible = info.context.principal.inside and self.row.ticket is not None
        return Ticket.of(self.row.ticket, self.row) if visible and self.row.ticket else None

    @strawberry.field(description="What the agent wrote when it no longer had the conversation. For staff; else empty.")
    async def drafts(self, info: Info) -> list[Draft]:
        if not info.context.principal.has(Permission.READ_DRAFTS):
            return []
        return [Draft.of(row) for row in await info.context.reader.drafts(self.row.id)]

    @strawberry.field(
        description="Orders that it is credited with, the oldest first. For those who may read metrics; else empty."
    )
    def sales(self, info: Info) -> list[Annotated["AttributedSale", strawberry.lazy("resolvers.commerce.types")]]:
        from resolvers.commerce.types import AttributedSale

        if not info.context.principal.has(Permission.READ_METRICS):
            return []
        return [AttributedSale.of(sale, self.row) for sale in self.row.sales]

    @strawberry.field(
        description="Subscribe to `conversation` with `after:` this: what is not in this answer comes, once, and "
        "nothing else."
    )
    async def stream_cursor(self, info: Info) -> Cursor:
        context = info.context
        account_id = context.principal.account_id
        head = await context.services.log.head(account_id)
        seq = self.row.seq
        if seq < head.floor:
            # Quiet for longer than the log is kept. If it still is as it was, all up to the head is in this answer.
            now = await context.reader.get(model.Conversation, self.row.id)
            seq = head.seq if now is not None and now.seq == seq else seq
        return Cursor(context.services.stream_cursors.encode(account_id, head.epoch, seq))

    @classmethod
    def of(cls, row: model.Conversation) -> Self:
        return cls(
            id=to_global_id("Conversation", row.id),
            row=row,
            channel=row.channel,
            status=row.status,
            display_name=row.display_name,
            first_question=row.first_question,
            tags=list(row.tags),
            initial_skill=row.initial_skill,
            final_skill=row.final_skill,
            started_at=row.started_at,
            last_message_at=row.last_message_at,
            closed_at=row.closed_at,
            message_count=row.message_count,
            controller=Controller.of(row.controller),
            version=row.version,
        )


def _sees_notes(context: Context) -> bool:
    return context.principal.inside


async def _messages(context: Context, row: model.Conversation, page: Slice) -> Page[model.Message]:
    """Bounded by what the row says: so that the row, its messages and its stream cursor are of one instant. A shopper
    gets no row but its own; within the shop, who may know of a conversation may not always read it."""
    if context.principal.inside:
        context.principal.require_conversation(row.id)
    return await context.reader.messages(row.id, upto=row.sequence, notes=_sees_notes(context), page=page)
