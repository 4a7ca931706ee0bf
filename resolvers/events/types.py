"""GraphQL types of business events (docs/product-rules.md, section 5): an interface, and a type for each event."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Self, TypedDict

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
from resolvers.profile.types import Profile, load_profile
from resolvers.relay.global_ids import Node, to_global_id
from resolvers.scalars import Cursor
from resolvers.selection import ATTRIBUTE, selected_fields

_NEVER_CHANGES = frozenset({"__typename", "id", "channel", "startedAt"})  # fields of a conversation


@strawberry.type(
    description="The state of a conversation at the time of a business event. It has no `id`, so that a "
    "normalised cache does not store it as the conversation's present state."
)
class ConversationSnapshot:
    channel: Channel = strawberry.field(description="The channel on which the shopper writes.")
    status: ConversationStatus = strawberry.field(description="The status at that time.")
    display_name: str = strawberry.field(
        description="The shopper's name, or else e-mail address, or else phone number, or else `Anonymous`, at that "
        "time."
    )
    identity_verified: bool = strawberry.field(
        description="Whether an identity of the shopper was proved by that time. If false, `displayName` is a claim."
    )
    row: strawberry.Private[model.Conversation]
    short_question: strawberry.Private[str | None]  # the first question, unless the row has only its beginning
    tags: list[str] = strawberry.field(description="The topics that the agent had assigned by that time.")
    initial_skill: str | None = strawberry.field(
        description="The first skill that the agent named. `null` if it had named none."
    )
    final_skill: str | None = strawberry.field(
        description="The last skill that the agent had named by that time. `null` if it had named none."
    )
    started_at: datetime = strawberry.field(description="The time of the first message.")
    last_message_at: datetime = strawberry.field(
        description="The time of the last message by that time, notes excluded."
    )
    closed_at: datetime | None = strawberry.field(
        description="The time at which the conversation was closed. `null` if it was open."
    )
    first_question_removed_at: datetime | None = strawberry.field(
        description="The time at which the words of `firstQuestion` were removed, also after the event. `null` if they "
        "were not, or if it never had words."
    )
    message_count: int = strawberry.field(description="The number of messages by that time, notes excluded.")
    controller: Controller = strawberry.field(description="The participant that had control at that time.")
    version: int = strawberry.field(description="The version of the conversation at that time.")

    @strawberry.field(description="The text of the shopper's first message.", metadata={ATTRIBUTE: "short_question"})
    async def first_question(self, info: Info) -> str:
        return await info.context.first_question(self.row)

    @classmethod
    def of(cls, row: model.Conversation) -> Self:
        return cls(
            channel=row.channel,
            status=row.status,
            display_name=row.display_name,
            identity_verified=row.visitor.is_proved,
            row=row,
            short_question=None if row.first_question_id else row.first_question,
            tags=list(row.tags),
            initial_skill=row.initial_skill,
            final_skill=row.final_skill,
            started_at=row.started_at,
            last_message_at=row.last_message_at,
            closed_at=row.closed_at,
            first_question_removed_at=row.first_question_removed_at,
            message_count=row.message_count,
            controller=Controller.of(row.controller),
            version=row.version,
        )


@strawberry.interface(description="An event that the product counts and forwards. Each event occurs exactly once.")
class BusinessEvent(Node):
    row: strawberry.Private[events.BusinessEvent]
    type: EventType = strawberry.field(description="The type of the event.")
    name: str = strawberry.field(
        description="The English name of the type, for example `Conversation with Customer Agent Resolved`."
    )
    at: datetime = strawberry.field(description="The time at which the event occurred.")
    cursor: Cursor = strawberry.field(description="The position of the event in the account's event log, for `after:`.")
    channel: Channel = strawberry.field(description="The channel of the conversation.")

    @strawberry.field(
        description="The conversation in its present state. Its state at the time of the event is in `snapshot`."
    )
    async def conversation(self, info: Info) -> Conversation:
        if selected_fields(info) <= _NEVER_CHANGES:  # no read for the streams and lists that only link to it
            return Conversation.of(self.row.conversation)
        row = await info.context.conversations.load(self.row.conversation.id)
        return Conversation.of(row or self.row.conversation)

    @strawberry.field(description="The state of the conversation at the time of the event.")
    def snapshot(self) -> ConversationSnapshot:
        return ConversationSnapshot.of(self.row.conversation)

    @strawberry.field(
        description="The shopper. `null` if the profile no longer exists. Requires permission to read profiles."
    )
    async def profile(self, info: Info) -> Profile | None:
        return await load_profile(info.context, self.row.conversation.profile_id)


@strawberry.type(description="The first message of a shopper opened a conversation.")
class ConversationStartedEvent(BusinessEvent):
    initial_skill: str | None = strawberry.field(description="The skill of the agent, if it was known at that time.")
    first_message: str = strawberry.field(description="The text of the first message.")


@strawberry.type(description="A conversation was closed, the agent had the last word, and no handoff was triggered.")
class ConversationResolvedEvent(BusinessEvent):
    final_skill: str | None = strawberry.field(
        description="The last skill that the agent named. `null` if it named none."
    )
    tags: list[str] = strawberry.field(description="The topics of the conversation at that time.")
    resolution_seconds: int = strawberry.field(
        description="The number of seconds from the start of the conversation to its last message."
    )


@strawberry.type(description="A handoff was triggered. It occurs at most once in a conversation.")
class ConversationEscalatedEvent(BusinessEvent):
    tags: list[str] = strawberry.field(description="The topics of the conversation at that time.")
    skill: str | None = strawberry.field(
        description="The skill that requested the handoff. `null` if it was not named."
    )
    reason: EscalationReason = strawberry.field(description="The reason for the handoff.")
    reason_detail: str | None = strawberry.field(description="Details of the reason. `null` if none were given.")


@strawberry.type(description="A message with product cards was shown to the shopper.")
class ProductRecommendedEvent(BusinessEvent):
    products: list[ProductCard] = strawberry.field(description="The products that were recommended.")


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


def is_known(event: events.BusinessEvent) -> bool:
    """Whether this build has a GraphQL type for the event. Those that a newer build has stored are left out."""
    return event.type in _MAKERS


def business_event(event: events.BusinessEvent, cursor: str) -> BusinessEvent:
    """Return the GraphQL type of an event that is known."""
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
