"""Appends test events to a real log as the account writer does: in a transaction, with retries after a lost race."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pymongo.errors import PyMongoError

from domain.events import EventBody, MessageAdded
from domain.model.conversation import (
    Author,
    AuthorKind,
    Controller,
    ControllerKind,
    Conversation,
    ConversationStatus,
    Message,
    MessageKind,
    Visitor,
)
from domain.signals import Typing
from domain.values.channel import Channel
from domain.values.ids import AccountId, ConversationId, MessageId, ProfileId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.event_log.log import EVENTS, LOG_INDEXES, advance, event_documents, head_in

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def message_added(conversation_id: str, text: str = "Hello") -> MessageAdded:
    key = ConversationId(conversation_id)
    conversation = Conversation(
        id=key,
        channel=Channel.WEB_CHAT,
        status=ConversationStatus.OPEN,
        profile_id=ProfileId("P1"),
        visitor=Visitor(name="Ann"),
        first_question="Hello",
        started_at=AT,
        last_message_at=AT,
        last_speaker=AuthorKind.SHOPPER,
        controller=Controller(kind=ControllerKind.AI_AGENT, epoch=1, since=AT),
    )
    message = Message(
        id=MessageId("M1"),
        conversation_id=key,
        sequence=1,
        kind=MessageKind.TEXT,
        author=Author(kind=AuthorKind.SHOPPER, name="Ann"),
        text=text,
        sent_at=AT,
    )
    return MessageAdded(message=message, conversation=conversation)


def typing(
    conversation_id: str = "C1", *, goes_on: bool = True, holds: float = 600.0, author: Author | None = None
) -> Typing:
    """A typing signal by Ann, in a conversation without a ticket."""
    now = datetime.now(UTC)
    return Typing(
        conversation_id=ConversationId(conversation_id),
        author=author or Author(kind=AuthorKind.SHOPPER, name="Ann"),
        typing=goes_on,
        at=now,
        until=now + timedelta(seconds=holds if goes_on else 0),
        for_shopper=True,
    )


async def create_log_indexes(database: MongoDatabase) -> None:
    await database.collection(EVENTS).create_indexes(list(LOG_INDEXES))


async def append(
    database: MongoDatabase, account_id: AccountId, bodies: Iterable[EventBody], *, at: datetime | None = None
) -> list[int]:
    """Append events, and return their sequence numbers."""
    when = datetime.now(UTC) if at is None else at
    events = [(body, when) for body in bodies]
    while True:
        try:
            head = await _attempt(database, account_id, events)
        except PyMongoError as error:
            if not error.has_error_label("TransientTransactionError"):
                raise
        else:
            if head is not None:
                return list(range(head + 1, head + len(events) + 1))


async def _attempt(
    database: MongoDatabase, account_id: AccountId, events: list[tuple[EventBody, datetime]]
) -> int | None:
    async with database.start_session() as session:
        await session.start_transaction()
        head = await head_in(session, database, account_id)
        if not await advance(session, database, account_id, head, len(events)):
            await session.abort_transaction()
            return None
        documents = event_documents(account_id, head + 1, events)
        await database.collection(EVENTS).insert_many(documents, session=session)
        await session.commit_transaction()
        return head
