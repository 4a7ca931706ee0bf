"""What callers may ask of a conversation: the inputs of `service.py`, as they came, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

from domain.channel import Channel
from domain.conversation.model import Conversation, Message, ProductCard, Visitor
from domain.ids import ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class StartConversation:
    channel: Channel
    text: str
    visitor: Visitor
    locale: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage:
    conversation_id: ConversationId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAgentMessage:
    conversation_id: ConversationId
    epoch: int
    text: str
    skill: str | None = None
    tags: tuple[str, ...] = ()
    products: tuple[ProductCard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyVisitor:
    conversation_id: ConversationId
    visitor: Visitor  # what is given; the rest stays


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseConversation:
    conversation_id: ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTyping:
    conversation_id: ConversationId
    typing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    conversation: Conversation
    message: Message
    visitor_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    conversation: Conversation
    message: Message
