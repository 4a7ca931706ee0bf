"""Global IDs of conversations and messages in the inputs of mutations."""

from domain.values.errors import Field
from domain.values.ids import ConversationId, MessageId
from resolvers.relay.global_ids import key_of


def conversation_id_of(global_id: str, *, field: Field = "conversation_id") -> ConversationId:
    return ConversationId(key_of(global_id, "Conversation", field=field))


def message_id_of(global_id: str) -> MessageId:
    return MessageId(key_of(global_id, "Message", field="message_id"))
