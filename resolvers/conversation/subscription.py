"""The stream of one conversation."""

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
from resolvers.conversation.typing import TypingChanged, typing_signal
from resolvers.handoff.types import Handoff
from resolvers.messaging.types import MessageDelivery
from resolvers.relay.global_ids import to_global_id
from resolvers.scalars import Cursor
from resolvers.subscriptions import EventSubscription, StreamCaughtUp, StreamItem, StreamReady, StreamReset


@strawberry.type(description="A message was added to the conversation.")
class MessageAdded(StreamItem):
    at: datetime = strawberry.field(description="The time at which the change was committed.")
    message: Message = strawberry.field(description="The message that was added.")
    conversation: Conversation = strawberry.field(
        description="The conversation directly after the message. If it has very many tags, handoffs, sales or "
        "tickets, these lists are read when the item is made, and may be newer."
    )


@strawberry.type(
    description="The words or files of a message were removed: show what is left of it in its place. Items of "
    "`MessageAdded` that are replayed have what is left as well."
)
class MessageRedacted(StreamItem):
    at: datetime = strawberry.field(description="The time at which the change was committed.")
    message: Message = strawberry.field(description="The message after the change.")
    conversation: Conversation = strawberry.field(description="The conversation directly after the change.")


@strawberry.type(description="The state of a handoff changed.")
class HandoffChanged(StreamItem):
    at: datetime = strawberry.field(description="The time at which the change was committed.")
    handoff: Handoff = strawberry.field(description="The handoff after the change.")
    conversation: Conversation = strawberry.field(description="The conversation directly after the change.")


@strawberry.type(
    description="The conversation changed without a new message: its status, controller, tags or the shopper's "
    "identity."
)
class ConversationChanged(StreamItem):
    at: datetime = strawberry.field(description="The time at which the change was committed.")
    conversation: Conversation = strawberry.field(description="The conversation directly after the change.")


@strawberry.type(
    description="The delivery of a message on the shopper's own channel made progress. It is the new value of "
    "`Message.delivery`. Not sent to shoppers."
)
class MessageDeliveryChanged(StreamItem):
    at: datetime = strawberry.field(description="The time at which the change was committed.")
    message_id: strawberry.ID = strawberry.field(description="The ID of the message.")
    delivery: MessageDelivery = strawberry.field(description="The delivery after the change.")
    conversation: Conversation = strawberry.field(description="The conversation directly after the change.")


ConversationStreamItem = Annotated[
    StreamReady
    | StreamCaughtUp
    | StreamReset
    | MessageAdded
    | MessageRedacted
    | ConversationChanged
    | MessageDeliveryChanged
    | HandoffChanged
    | TypingChanged,
    strawberry.union(name="ConversationStreamItem", description="An item of the stream of a conversation."),
]


async def follow_conversation(info: Info, conversation_id: str, after: str | None) -> EventSubscription:
    """Raises `NotFound` if the conversation does not exist or the caller may not see it."""
    context = info.context
    key = conversation_id_of(conversation_id, field="id")
    context.principal.require_conversation(key)
    if await context.fresh().conversations.load(key) is None:  # the stream keeps its context, and not what it loads
        raise NotFound("No such conversation.", field="id")
    return EventSubscription(
        topics=frozenset({conversation_topic(key)}),
        after=after,
        item=_item_for(context),
        signal=typing_signal(info, lambda signal: signal.conversation_id == key),
    )


def _item_for(context: Context) -> Callable[[LoggedEvent, str], object | None]:
    inside = context.principal.inside

    def item(event: LoggedEvent, cursor: str) -> object | None:
        match event.body:
            case events.MessageAdded(message=message, conversation=conversation):
                seen = inside or message.seen_by_shopper
                return message_added(event, message, conversation, cursor) if seen else None
            case events.MessageRedacted(message=message, conversation=conversation):
                seen = inside or message.seen_by_shopper
                return message_redacted(event, message, conversation, cursor) if seen else None
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


def message_added(
    event: LoggedEvent, message: model.Message, conversation: model.Conversation, cursor: str
) -> MessageAdded:
    return MessageAdded(
        cursor=Cursor(cursor), at=event.at, message=Message.of(message), conversation=Conversation.of(conversation)
    )


def message_redacted(
    event: LoggedEvent, message: model.Message, conversation: model.Conversation, cursor: str
) -> MessageRedacted:
    return MessageRedacted(
        cursor=Cursor(cursor), at=event.at, message=Message.of(message), conversation=Conversation.of(conversation)
    )
