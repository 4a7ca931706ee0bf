"""The live stream of one conversation."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import strawberry

from domain import events
from domain.events import LoggedEvent, conversation_topic
from domain.model import conversation as model
from domain.values.errors import NotFound
from resolvers.context import Context, Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.message import Message
from resolvers.conversation.types import Conversation
from resolvers.conversation.typing import TypingChanged, typing_in
from resolvers.handoff.types import Handoff
from resolvers.messaging.types import MessageDelivery
from resolvers.relay.global_ids import to_global_id
from resolvers.scalars import Cursor
from resolvers.subscriptions import EventSubscription, StreamCaughtUp, StreamItem, StreamReady, StreamReset


@strawberry.type(description="A message came in.")
class MessageAdded(StreamItem):
    at: datetime = strawberry.field(description="When it was committed.")
    message: Message = strawberry.field(description="The message.")
    conversation: Conversation = strawberry.field(description="The conversation as this message left it.")


@strawberry.type(description="A handoff of the conversation went a step on.")
class HandoffChanged(StreamItem):
    at: datetime = strawberry.field(description="When it was committed.")
    handoff: Handoff = strawberry.field(description="The handoff.")
    conversation: Conversation = strawberry.field(description="The conversation as the step left it.")


@strawberry.type(
    description="Something else about the conversation changed: its status, who the shopper is, who has it."
)
class ConversationChanged(StreamItem):
    at: datetime = strawberry.field(description="When it was committed.")
    conversation: Conversation = strawberry.field(description="The conversation as the change left it.")


@strawberry.type(
    description="A message went a step on to the shopper's own channel: `Message.delivery` is what is said here. "
    "Not for shoppers."
)
class MessageDeliveryChanged(StreamItem):
    at: datetime = strawberry.field(description="When it was committed.")
    message_id: strawberry.ID = strawberry.field(description="Which message.")
    delivery: MessageDelivery = strawberry.field(description="How far it has come.")
    conversation: Conversation = strawberry.field(description="The conversation as the step left it.")


ConversationStreamItem = Annotated[
    StreamReady
    | StreamCaughtUp
    | StreamReset
    | MessageAdded
    | ConversationChanged
    | MessageDeliveryChanged
    | HandoffChanged
    | TypingChanged,
    strawberry.union(name="ConversationStreamItem", description="What the stream of a conversation brings."),
]


async def follow_conversation(info: Info, conversation_id: str, after: str | None) -> EventSubscription:
    """Raises NotFound where the caller may not see the conversation."""
    context = info.context
    key = conversation_id_of(conversation_id, field="id")
    context.principal.require_conversation(key)
    if await context.conversations.load(key) is None:
        raise NotFound("No such conversation.", field="id")
    return EventSubscription(
        topics=frozenset({conversation_topic(key)}),
        after=after,
        item=_item_for(context),
        signal=typing_in(info, lambda signal: signal.conversation_id == key),
    )


def _item_for(context: Context) -> Callable[[LoggedEvent, str], object | None]:
    inside = context.principal.inside

    def item(event: LoggedEvent, cursor: str) -> object | None:
        match event.body:
            case events.MessageAdded(message=message, conversation=conversation):
                seen = inside or message.seen_by_shopper
                return added(event, message, conversation, cursor) if seen else None
            case events.HandoffChanged(handoff=handoff, conversation=conversation):
                return HandoffChanged(
                    cursor=Cursor(cursor),
                    at=event.at,
                    handoff=Handoff.of(handoff, conversation),
                    conversation=Conversation.of(conversation),
                )
            case events.MessageDeliveryChanged(delivery=delivery, conversation=conversation):
                return (
                    MessageDeliveryChanged(
                        cursor=Cursor(cursor),
                        at=event.at,
                        message_id=to_global_id("Message", delivery.id),
                        delivery=MessageDelivery.of(delivery),
                        conversation=Conversation.of(conversation),
                    )
                    if inside
                    else None
                )
            case events.ConversationChanged(conversation=conversation):
                return ConversationChanged(
                    cursor=Cursor(cursor), at=event.at, conversation=Conversation.of(conversation)
                )
        return None

    return item


def added(event: LoggedEvent, message: model.Message, conversation: model.Conversation, cursor: str) -> MessageAdded:
    return MessageAdded(
        cursor=Cursor(cursor), at=event.at, message=Message.of(message), conversation=Conversation.of(conversation)
    )
