"""Inputs and results of the commands of a conversation."""

from __future__ import annotations

from domain.model.conversation import Conversation, Message, ProductCard, Visitor
from domain.values.channel import Channel
from domain.values.ids import AttachmentId, ConversationId
from domain.values.record import Record


class StartConversation(Record):
    channel: Channel
    text: str
    visitor: Visitor  # as given; the service decides what of it is proved
    locale: str | None = None
    browser_token: str | None = None
    identity_token: str | None = None
    attachments: tuple[AttachmentId, ...] = ()
    test: bool = False  # a test conversation, which begins in any case


class SendMessage(Record):
    conversation_id: ConversationId
    text: str
    attachments: tuple[AttachmentId, ...] = ()


class PostAgentMessage(Record):
    conversation_id: ConversationId
    epoch: int
    text: str
    skill: str | None = None
    tags: tuple[str, ...] = ()
    products: tuple[ProductCard, ...] = ()
    attachments: tuple[AttachmentId, ...] = ()
    turn: int | None = None  # number of the claim that it ends


class IdentifyVisitor(Record):
    conversation_id: ConversationId
    visitor: Visitor  # an attribute of None is left unchanged
    identity_token: str | None = None


class CloseConversation(Record):
    conversation_id: ConversationId


class EndVisitorAccess(Record):
    conversation_id: ConversationId


class SetTyping(Record):
    conversation_id: ConversationId
    typing: bool


class Started(Record):
    conversation: Conversation
    message: Message
    visitor_token: str | None  # None for a secret key that wrote in a conversation which it does not carry
    browser_token: str | None  # None for secret keys


class Sent(Record):
    conversation: Conversation
    message: Message
