"""GraphQL type of a conversation."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from domain.model import conversation as model
from domain.principal import Permission
from domain.values.paging import Page, Slice
from resolvers.arguments import After, Before, First, Last
from resolvers.audit.types import AuditActor
from resolvers.context import Context, Info
from resolvers.conversation.contact import Contact
from resolvers.conversation.controller import Controller
from resolvers.conversation.enums import ConversationStatus
from resolvers.conversation.message import Message, MessageConnection, ProductCard, message_listing
from resolvers.enums import Channel
from resolvers.profile.types import Profile, loaded_profile
from resolvers.relay.global_ids import Node, to_global_id
from resolvers.scalars import Cursor
from resolvers.selection import ATTRIBUTE, OF_ROW

if TYPE_CHECKING:
    from resolvers.commerce.types import AttributedSale
    from resolvers.handoff.types import Handoff
    from resolvers.inbox.types import Ticket


@strawberry.type(
    description="A message that the agent posted under an epoch, or for a turn, that was over. Only staff can see it."
)
class Draft:
    text: str = strawberry.field(description="The text of the message.")
    epoch: int = strawberry.field(description="The epoch under which the agent wrote it.")
    written_at: datetime = strawberry.field(description="The time at which it was posted.")
    products: list[ProductCard] = strawberry.field(description="The products that it would have recommended.")

    @classmethod
    def of(cls, row: model.Draft) -> Self:
        products = [ProductCard.of(card) for card in row.products]
        return cls(text=row.text, epoch=row.epoch, written_at=row.written_at, products=products)


@strawberry.type(description="A legal hold: nothing of the conversation is redacted, erased or cleared by retention.")
class LegalHold:
    reason: str = strawberry.field(description="The reason that was given.")
    since: datetime = strawberry.field(description="The time at which it began.")
    set_by: AuditActor = strawberry.field(description="The author of the hold.")

    @classmethod
    def of(cls, row: model.LegalHold) -> Self:
        return cls(reason=row.reason, since=row.since, set_by=AuditActor.of(row.by))


@strawberry.type(
    description="A conversation between a shopper and the agent on one channel, from the first message to the close."
)
class Conversation(Node):
    row: strawberry.Private[model.Conversation]
    channel: Channel = strawberry.field(description="The channel on which the shopper writes.")
    status: ConversationStatus = strawberry.field(description="The outcome of the conversation.")
    display_name: str = strawberry.field(
        description="The shopper's name, or else e-mail address, or else phone number, or else `Anonymous`. It may be "
        "a claim of a browser: `contact` tells."
    )
    identity_verified: bool = strawberry.field(
        description="Whether an identity of the shopper is proved in this conversation: the shop's own ID, the e-mail "
        "address or the phone number. If false, `displayName` is a claim of a browser. `contact` tells which value is "
        "proved."
    )
    short_question: strawberry.Private[str | None]  # the first question, unless the row has only its beginning
    known_tags: strawberry.Private[list[str] | None]  # unless an event left them out
    known_handoffs: strawberry.Private[list[Any] | None]  # if there are none, as in nearly all rows
    known_profile: strawberry.Private[Profile | None]  # in a list, for a caller who may read it
    initial_skill: str | None = strawberry.field(
        description="The first skill that the agent named. `null` if it named none."
    )
    final_skill: str | None = strawberry.field(
        description="The last skill that the agent named. `null` if it named none."
    )
    started_at: datetime = strawberry.field(
        description="The time of the first message. Reports count the conversation on the local day of this instant, "
        "permanently."
    )
    last_message_at: datetime = strawberry.field(description="The time of the last message, notes excluded.")
    closed_at: datetime | None = strawberry.field(
        description="The time at which the conversation was closed. `null` if it is open. A conversation without "
        "messages for 48 hours is closed exactly 48 hours after the last one, even if the timer runs "
        "late."
    )
    transcript_removed_at: datetime | None = strawberry.field(
        description="The time at which the account's retention removed the words and files of all messages. `null` if "
        "it did not, or if a message was added since, which a later run removes. In a stream, it tells that the "
        "messages which a client has are without words from now on."
    )
    erased_at: datetime | None = strawberry.field(
        description="The time at which the conversation lost its shopper, because the shopper was erased. `null` if it "
        "did not. In a stream, it tells that the messages which a client has, and the shopper's name, are to be "
        "forgotten."
    )
    first_question_removed_at: datetime | None = strawberry.field(
        description="The time at which the words of `firstQuestion` were removed: by `redactMessage`, by the account's "
        "retention, or because the shopper was erased. `null` if they were not, or if it never had words."
    )
    message_count: int = strawberry.field(description="The number of messages, notes excluded.")
    controller: Controller = strawberry.field(description="The participant that may write the next message.")
    is_test: bool = strawberry.field(
        description="Whether it is a test: it behaves as any other, but no list except `testConversations` and "
        "`agentTurns`, no search, report, event, segment, webhook or export has it, and nothing of it leaves Baton. A "
        "handoff opens a ticket in Baton's inbox which no view shows and nobody is assigned to automatically. It is "
        "erased seven days after its start."
    )
    version: int = strawberry.field(
        description="A number that grows with each change: the state with the greater version is the newer."
    )

    @strawberry.field(description="The text of the shopper's first message.", metadata={ATTRIBUTE: "short_question"})
    async def first_question(self, info: Info) -> str:
        return await info.context.first_question(self.row)

    @strawberry.field(
        description="The topics that the agent assigned. They form a set without an order.",
        metadata={ATTRIBUTE: "known_tags"},
    )
    async def tags(self, info: Info) -> list[str]:
        return list((await info.context.complete(self.row)).tags)

    @strawberry.field(
        description="The contact data of the shopper in this conversation, each value with a mark whether it is "
        "proved.",
        metadata={OF_ROW: True},
    )
    def contact(self) -> Contact:
        return Contact.of(self.row.visitor)

    @strawberry.field(
        description="On WHATSAPP, the time until which WhatsApp accepts free text: 24 hours after the shopper's last "
        "message. Later replies leave in the template of `connectChannel`, or are refused with CONFLICT. `null` on "
        "other channels, and where the shopper has not written through the connected number."
    )
    async def window_ends_at(self, info: Info) -> datetime | None:
        return (await info.context.complete(self.row)).window_ends_at

    @strawberry.field(
        description="The shopper. A shopper sees only the identity given in this conversation.",
        metadata={ATTRIBUTE: "known_profile", OF_ROW: True},
    )
    def profile(self, info: Info) -> Profile | None:
        if not info.context.principal.inside:
            return Profile.for_shopper(self.row)
        return loaded_profile(info.context, self.row.profile_id)

    @strawberry.field(description="The messages, the oldest first. Shoppers do not see notes.")
    async def messages(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> MessageConnection:
        listing = message_listing(info.context, self.row)
        page = await _messages(info.context, self.row, listing.slice(first, after, last, before))
        total = self.row.sequence if _sees_notes(info.context) else self.row.message_count
        return MessageConnection(total_count=total, **listing.parts(page, info))

    @strawberry.field(description="The latest message that the caller may see.")
    async def last_message(self, info: Info) -> Message | None:
        page = await _messages(info.context, self.row, Slice(limit=1, from_end=True))
        return Message.of(page.items[0]) if page.items else None

    @strawberry.field(
        description="The latest message that the caller may see and that the shopper, the agent or a human wrote. "
        "Messages of Baton itself to the shopper, such as an offer or a notice, are left out. `null` if there is none."
    )
    async def last_spoken(self, info: Info) -> Message | None:
        context = info.context
        if context.principal.inside:
            context.principal.require_conversation(self.row.id)
        found = await context.reader.last_spoken(self.row.id, upto=self.row.sequence, notes=_sees_notes(context))
        return None if found is None else Message.of(found)

    @strawberry.field(description="The latest handoff. `null` if there was none.", metadata={OF_ROW: True})
    def handoff(self, info: Info) -> Annotated["Handoff", strawberry.lazy("resolvers.handoff.types")] | None:
        from resolvers.handoff.types import Handoff

        return info.context.when_complete(
            self.row, lambda row: None if row.handoff is None else Handoff.of(row.handoff, self.row)
        )

    @strawberry.field(
        description="All handoffs, the oldest first.", metadata={ATTRIBUTE: "known_handoffs", OF_ROW: True}
    )
    def handoffs(self, info: Info) -> list[Annotated["Handoff", strawberry.lazy("resolvers.handoff.types")]]:
        from resolvers.handoff.types import Handoff

        return info.context.when_complete(
            self.row, lambda row: [Handoff.of(handoff, self.row) for handoff in row.handoffs]
        )

    @strawberry.field(
        description="Whether the shopper waits for a human: the conversation was handed over to Baton's inbox, its "
        "ticket is not closed, and nobody has taken it. After a ticket was closed, the shopper's next message reopens "
        "it.",
        metadata={OF_ROW: True},
    )
    def awaits_team(self) -> bool:
        return self.row.awaits_team

    @strawberry.field(
        description="The latest ticket. `null` if there is none, and for shoppers.", metadata={OF_ROW: True}
    )
    def ticket(self, info: Info) -> Annotated["Ticket", strawberry.lazy("resolvers.inbox.types")] | None:
        from resolvers.inbox.types import Ticket

        visible = info.context.principal.inside and self.row.ticket is not None
        return Ticket.of(self.row.ticket, self.row) if visible and self.row.ticket else None

    @strawberry.field(
        description="The messages of the agent that were not shown, because it no longer had control. Empty for "
        "callers without permission to read drafts: shoppers, the agent, partners and ANALYST."
    )
    async def drafts(self, info: Info) -> list[Draft]:
        if not info.context.principal.has(Permission.READ_DRAFTS):
            return []
        return [Draft.of(row) for row in await info.context.reader.drafts(self.row.id)]

    @strawberry.field(description="The legal hold of the conversation. `null` if it has none, and for shoppers.")
    def legal_hold(self, info: Info) -> LegalHold | None:
        if not info.context.principal.inside:
            return None
        return info.context.when_complete(self.row, lambda row: None if row.hold is None else LegalHold.of(row.hold))

    @strawberry.field(
        description="The orders that the conversation is credited with, the oldest first. Empty for callers without "
        "permission to read metrics."
    )
    def sales(self, info: Info) -> list[Annotated["AttributedSale", strawberry.lazy("resolvers.commerce.types")]]:
        from resolvers.commerce.types import AttributedSale

        if not info.context.principal.has(Permission.READ_METRICS):
            return []
        return info.context.when_complete(
            self.row, lambda row: [AttributedSale.of(sale, self.row) for sale in row.sales]
        )

    @strawberry.field(
        description="The position of this state in the event log. Subscribe to `conversation` with `after:` this "
        "cursor to get exactly the later changes."
    )
    async def stream_cursor(self, info: Info) -> Cursor:
        context = info.context
        account_id = context.principal.account_id
        head = await context.services.log.head(account_id)
        seq = self.row.seq
        if seq < head.floor:
            # Unchanged for longer than the log is kept. If it still is, the row includes all events up to the head.
            now = await context.reader.get(model.Conversation, self.row.id)
            seq = head.seq if now is not None and now.seq == seq else seq
        return Cursor(context.services.stream_cursors.encode(account_id, head.epoch, seq))

    @classmethod
    def of(cls, row: model.Conversation, profile: Profile | None = None) -> Self:
        """`profile`: that of the row, for a caller who may read profiles."""
        return cls(
            id=to_global_id("Conversation", row.id),
            row=row,
            channel=row.channel,
            status=row.status,
            display_name=row.display_name,
            identity_verified=row.visitor.is_proved,
            short_question=None if row.first_question_id else row.first_question,
            known_tags=None if "tags" in row.left_out else list(row.tags),
            known_handoffs=None if row.handoffs or row.left_out else [],
            known_profile=profile,
            initial_skill=row.initial_skill,
            final_skill=row.final_skill,
            started_at=row.started_at,
            last_message_at=row.last_message_at,
            closed_at=row.closed_at,
            transcript_removed_at=row.transcript_removed_at,
            erased_at=row.erased_at,
            first_question_removed_at=row.first_question_removed_at,
            message_count=row.message_count,
            controller=Controller.of(row.controller),
            is_test=row.is_test,
            version=row.version,
        )


def _sees_notes(context: Context) -> bool:
    return context.principal.inside


async def _messages(context: Context, row: model.Conversation, page: Slice) -> Page[model.Message]:
    """Return the messages up to the sequence of the row, so that the row, its messages and its stream cursor are of one
    instant. Shoppers only have the row of their own conversation; other callers need the permission to read it."""
    if context.principal.inside:
        context.principal.require_conversation(row.id)
    return await context.reader.messages(row.id, upto=row.sequence, notes=_sees_notes(context), page=page)
