"""The business events (docs/product-rules.md, section 5): one interface, a type each."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self, TypedDict

import strawberry

from domain import events
from domain.model import conversation as model
from resolvers.context import Info
from resolvers.conversation.controller import Controller
from resolvers.conversation.enums import ConversationStatus
from resolvers.conversation.message import ProductCard
from resolvers.conversation.types import Conversation
from resolvers.enums import Channel
from resolvers.events.enums import EventType
from resolvers.handoff.enums import EscalationReason
from resolvers.relay.global_ids import Node, to_global_id
from resolvers.scalars import Cursor

if TYPE_CHECKING:
    from resolvers.profile.types import Profile


@strawberry.type(description="The state of a conversation at the time of an event.")
class ConversationSnapshot:
    channel: Channel = strawberry.field(description="Where the shopper wrote.")
    status: ConversationStatus = strawberry.field(description="What had become of it.")
    display_name: str = strawberry.field(description="The shopper's name.")
    first_question: str = strawberry.field(description="The shopper's first message.")
    tags: list[str] = strawberry.field(description="Its topics.")
    initial_skill: str | None = strawberry.field(description="The first skill that the agent named.")
    final_skill: str | None = strawberry.field(description="The last skill that the agent had named.")
    started_at: datetime = strawberry.field(description="When it started.")
    last_message_at: datetime = strawberry.field(description="When the last message was sent.")
    closed_at: datetime | None = strawberry.field(description="When it was closed.")
    message_count: int = strawberry.field(description="How many messages it had.")
    controller: Controller = strawberry.field(description="Who might speak next.")
    version: int = strawberry.field(description="Its version.")

    @classmethod
    def of(cls, row: model.Conversation) -> Self:
        return cls(
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


@strawberry.interface(
    description="Something that happened with a shopper and is worth counting. Each comes exactly once."
)
class BusinessEvent(Node):
    row: strawberry.Private[events.BusinessEvent]
    type: EventType = strawberry.field(description="Which of the four it is.")
    name: str = strawberry.field(description='Its English name, e.g. "Conversation with Customer Agent Resolved".')
    at: datetime = strawberry.field(description="When it came true.")
    cursor: Cursor = strawberry.field(description="Its position in the account's log.")
    channel: Channel = strawberry.field(description="Where.")

    @strawberry.field(description="The conversation as it is now.")
    async def conversation(self, info: Info) -> Conversation:
        row = await info.context.conversations.load(self.row.conversation.id)
        return Conversation.of(row or self.row.conversation)

    @strawberry.field(description="The conversation as it was then.")
    def snapshot(self) -> ConversationSnapshot:
        return ConversationSnapshot.of(self.row.conversation)

    @strawberry.field(description="The shopper.")
    async def profile(self, info: Info) -> Annotated["Profile", strawberry.lazy("resolvers.profile.types")] | None:
        from resolvers.profile.types import load_profile

        return await load_profile(info.context, self.row.conversation.profile_id)


@strawberry.type(description="The shopper's first message opened a conversation.")
class ConversationStartedEvent(BusinessEvent):
    initial_skill: str | None = strawberry.field(description="The skill that answers, where it is known already.")
    first_message: str = strawberry.field(description="The text of the first message.")


@strawberry.type(description="A conversation was closed, the agent having had the last word and no handoff triggered.")
class ConversationResolvedEvent(BusinessEvent):
    final_skill: str | None = strawberry.field(description="The skill that answered last.")
    tags: list[str] = strawberry.field(description="Its topics.")
    resolution_seconds: int = strawberry.field(description="Seconds from the start to the last message.")


@strawberry.type(description="A handoff was triggered. Once a conversation.")
class ConversationEscalatedEvent(BusinessEvent):
    tags: list[str] = strawberry.field(description="Its topics.")
    skill: str | None = strawberry.field(description="The skill that gave up.")
    reason: EscalationReason = strawberry.field(description="Why a human was asked for.")
    reason_detail: str | None = strawberry.field(description="More about the reason.")


@strawberry.type(description="A message with product cards was shown.")
class ProductRecommendedEvent(BusinessEvent):
    products: list[ProductCard] = strawberry.field(description="The products.")


EVENT_TYPES = (
    ConversationStartedEvent,
    ConversationResolvedEvent,
    ConversationEscalatedEvent,
    ProductRecommendedEvent,
)


class _Shared(TypedDict):
    row: events.BusinessEvent
    type: EventType
    name: str
    at: datetime
    cursor: Cursor
    channel: Channel


def business_event(event: events.BusinessEvent, cursor: str) -> BusinessEvent:
    shared: _Shared = {
        "row": event,
        "type": event.type,
        "name": event.name,
        "at": event.at,
        "cursor": Cursor(cursor),
        "channel": event.conversation.channel,
    }
    return _MAKERS[event.type](event, shared)


def _started(event: events.BusinessEvent, shared: _Shared) -> BusinessEvent:
    return ConversationStartedEvent(
        id=to_global_id("ConversationStartedEvent", event.id),
        initial_skill=event.conversation.initial_skill,
        first_message=event.first_message or "",
        **shared,
    )


def _resolved(event: events.BusinessEvent, shared: _Shared) -> BusinessEvent:
    row = event.conversation
    return ConversationResolvedEvent(
        id=to_global_id("ConversationResolvedEvent", event.id),
        final_skill=row.final_skill,
        tags=list(row.tags),
        resolution_seconds=event.resolution_seconds,
        **shared,
    )


def _escalated(event: events.BusinessEvent, shared: _Shared) -> BusinessEvent:
    return ConversationEscalatedEvent(
        id=to_global_id("ConversationEscalatedEvent", event.id),
        tags=list(event.conversation.tags),
        skill=event.conversation.final_skill,
        reason=event.reason or EscalationReason.OTHER,
        reason_detail=event.reason_detail,
        **shared,
    )


def _recommended(event: events.BusinessEvent, shared: _Shared) -> BusinessEvent:
    return ProductRecommendedEvent(
        id=to_global_id("ProductRecommendedEvent", event.id),
        products=[ProductCard.of(card) for card in event.products],
        **shared,
    )


_MAKERS: Mapping[EventType, Callable[[events.BusinessEvent, _Shared], BusinessEvent]] = {
    EventType.CONVERSATION_STARTED: _started,
    EventType.CONVERSATION_RESOLVED: _resolved,
    EventType.CONVERSATION_ESCALATED: _escalated,
    EventType.PRODUCT_RECOMMENDED: _recommended,
}
