"""Events inside a command: what a change of a conversation means to other features.

They are never stored. `Change.publish` runs the reactions to them (`domain/reactions.py`) at once, in the same
transaction. The events that are stored and streamed to clients are those of `domain/events.py`.
"""

from __future__ import annotations

from datetime import datetime

from domain.model.conversation import Message
from domain.model.handoff import Handoff
from domain.model.messaging import MessageDelivery
from domain.values.record import Record


class DomainEvent(Record):
    """Something happened to a conversation within a command."""


class ShopperWrote(DomainEvent):
    """The shopper wrote a message, here and not in a helpdesk. Published once the message is part of the change."""

    message: Message


class ShopperIdentified(DomainEvent):
    """The shopper gave an identity. Published as soon as the change has it, before a message that came with it."""


class BeganWhileAgentOff(DomainEvent):
    """A carrier brought the first message of the conversation while the agent was off. Published after the
    `Change.commit` of the message, in a change of its own."""


class ConversationEnded(DomainEvent):
    """The conversation was closed. Published by `Change.commit`, before the conversation is saved."""

    at: datetime  # of the close


class HandoffReady(DomainEvent):
    """The shopper agreed to a handoff, or was not to be asked, and is identified: the handoff goes to its team."""

    handoff: Handoff


class MessageWritten(DomainEvent):
    """A message was added, by anybody. Published by `Change.commit`, when route and ticket are final."""

    message: Message


class IdentityExtended(DomainEvent):
    """More is known than before of who the shopper is. Published after `Change.commit`."""


class DeliveryProgressed(DomainEvent):
    """A message went on its way to the shopper's own channel, or failed. Published after `Change.commit`."""

    message: Message
    before: MessageDelivery
    after: MessageDelivery
