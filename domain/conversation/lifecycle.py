"""State transitions of a conversation: pure functions from the old value to the new one.

Services check whether the caller may; `Change` counts the version and saves the result.
"""

from __future__ import annotations

from datetime import datetime

from domain.model.conversation import (
    QUESTION_PREVIEW,
    Author,
    AuthorKind,
    Controller,
    ControllerKind,
    Conversation,
    ConversationStatus,
    Message,
    MessageAction,
    MessageKind,
    ProductCard,
    Visitor,
)
from domain.model.handoff import HandoffState, Helpdesk, Ticket
from domain.model.profile import browser_key, proved_keys
from domain.values.channel import Channel
from domain.values.errors import NewerValue
from domain.values.ids import ConversationId, MessageId, ProfileId, StaffId, new_id
from domain.values.record import replace

NAMED_BROWSER = "named-"  # before the key of a browser that a secret key names

_SPEAKERS = frozenset({AuthorKind.SHOPPER, AuthorKind.AI_AGENT, AuthorKind.HUMAN_AGENT})


def open_conversation(
    *, channel: Channel, visitor: Visitor, profile_id: ProfileId, first_question: str, now: datetime
) -> Conversation:
    """Make a conversation without a message. The shopper's first is added in the same transaction."""
    return Conversation(
        id=ConversationId(new_id()),
        channel=channel,
        status=ConversationStatus.OPEN,
        profile_id=profile_id,
        visitor=visitor,
        first_question=first_question[:QUESTION_PREVIEW],
        started_at=now,
        last_message_at=now,
        last_speaker=AuthorKind.SHOPPER,
        controller=Controller(kind=ControllerKind.AI_AGENT, epoch=1, since=now),
        version=0,
    )


def add_message(
    conversation: Conversation,
    *,
    author: Author,
    text: str,
    now: datetime,
    kind: MessageKind = MessageKind.TEXT,
    products: tuple[ProductCard, ...] = (),
    actions: tuple[MessageAction, ...] = (),
) -> tuple[Conversation, Message]:
    """Append a message. Its time is never before that of the last, even if the clock was set back. Returns the
    conversation and the message."""
    message = Message(
        id=MessageId(new_id()),
        conversation_id=conversation.id,
        sequence=conversation.sequence + 1,
        kind=kind,
        author=author,
        text=text,
        sent_at=max(now, conversation.last_message_at),
        products=products,
        actions=actions,
    )
    seen = message.seen_by_shopper
    spoke = seen and author.kind in _SPEAKERS
    by_shopper = author.kind is AuthorKind.SHOPPER
    return (
        replace(
            conversation,
            sequence=message.sequence,
            message_count=conversation.message_count + seen,
            shopper_messages=conversation.shopper_messages + by_shopper,
            shopper_characters=conversation.shopper_characters + len(text) * by_shopper,
            last_message_at=message.sent_at if seen else conversation.last_message_at,
            last_speaker=author.kind if spoke else conversation.last_speaker,
            first_question_id=_question_id(conversation, message),
            transcript_removed_at=None,  # there are words again, which retention has to find
        ),
        message,
    )


def _question_id(conversation: Conversation, message: Message) -> MessageId | None:
    """Return the id of the message with the whole first question, if the conversation has only its beginning."""
    is_question = message.sequence == 1 and message.text.startswith(conversation.first_question)
    is_longer = len(message.text) > QUESTION_PREVIEW
    return message.id if is_question and is_longer else conversation.first_question_id


def label(conversation: Conversation, *, skill: str | None, tags: tuple[str, ...]) -> Conversation:
    """Add the agent's labels: the first skill stays the initial skill, and tags are a set."""
    return replace(
        conversation,
        tags=tuple(dict.fromkeys((*conversation.tags, *tags))),
        initial_skill=conversation.initial_skill or skill,
        final_skill=skill or conversation.final_skill,
    )


def close(conversation: Conversation, at: datetime) -> Conversation:
    """Close the conversation, which is final. The last speaker and the handoff decide its status. One that a newer
    build has stored is kept."""
    status: ConversationStatus
    if conversation.status is ConversationStatus.NOT_RESOLVED_BY_AI or conversation.status.is_unknown:
        status = conversation.status
    elif conversation.last_speaker is AuthorKind.AI_AGENT:
        status = ConversationStatus.RESOLVED_BY_AI
    else:
        status = ConversationStatus.CLOSED
    # `at` may lie before the last change of control, if a ticket was worked on for longer than 48 hours.
    since = max(at, conversation.controller.since)
    return replace(
        conversation,
        status=status,
        closed_at=at,
        controller=Controller(kind=ControllerKind.NOBODY, epoch=conversation.controller.epoch + 1, since=since),
        open_keys=(),
        handoffs=tuple(
            replace(handoff, state=HandoffState.EXPIRED) if handoff.is_undecided else handoff
            for handoff in conversation.handoffs
        ),
        ticket=conversation.ticket and _close_ticket(conversation.ticket),
    )


def _close_ticket(ticket: Ticket) -> Ticket:
    """Close a ticket of the inbox. One of an external helpdesk is worked on there after the chat has closed."""
    return ticket.close() if ticket.helpdesk is Helpdesk.INBOX else ticket


def check_known(conversation: Conversation | None) -> None:
    """Check that this build knows what state the conversation is in. Raises `NewerValue`."""
    newer = None if conversation is None else conversation.newer_state
    if newer is not None:
        raise NewerValue(type(newer).__name__)


def identify(conversation: Conversation, visitor: Visitor, profile_id: ProfileId) -> Conversation:
    """Set the visitor and the profile."""
    return replace(conversation, visitor=visitor, profile_id=profile_id)


def give_control(
    conversation: Conversation, kind: ControllerKind, now: datetime, staff_id: StaffId | None = None
) -> Conversation:
    """Give control to a party and increment the epoch, so that writes under the old epoch are refused. Nothing changes
    if the party has control already."""
    present = conversation.controller
    if (present.kind, present.staff_id) == (kind, staff_id):
        return conversation
    controller = Controller(kind=kind, epoch=present.epoch + 1, since=now, staff_id=staff_id)
    return replace(conversation, controller=controller)


def owes_reply(conversation: Conversation) -> bool:
    """Whether the agent has the conversation and the shopper wrote last."""
    return conversation.controller.kind is ControllerKind.AI_AGENT and conversation.last_speaker is AuthorKind.SHOPPER


def proved_open_keys(channel: Channel, visitor: Visitor) -> tuple[str, ...]:
    """Return the keys of the proved identities by which at most one conversation is open on the channel, strongest
    first. A claim has none: whoever types a stranger's address into a browser must not get the stranger's
    conversation."""
    return tuple(f"{channel}|{key}" for key in proved_keys(visitor))


def browser_open_key(channel: Channel, visitor: Visitor, *, named_by_key: bool = False) -> str | None:
    """Return the key by which at most one conversation of the visitor's browser is open on the channel; `None` if the
    browser has no secret. `named_by_key`: a secret key names the browser. It finds what secret keys began for the
    browser, and the browser does not: else whoever had the key for a moment could name a browser of their own, and
    read on with it when the key has ended."""
    key = browser_key(visitor)
    if key is None:
        return None
    return f"{channel}|{NAMED_BROWSER if named_by_key else ''}{key}"
