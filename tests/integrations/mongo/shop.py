"""An account to write to, and checks of its documents through the plain driver."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from domain.account.service import AccountService
from domain.conversation.commands import CloseConversation, SendMessage, Sent, StartConversation
from domain.conversation.service import ConversationService
from domain.model.conversation import Channel, Conversation, Visitor
from domain.model.credentials import BrowserTokens, VisitorTokens
from domain.principal import Principal, PrincipalKind
from domain.storage import Storage
from domain.values.clock import SystemClock
from domain.values.ids import AccountId, ConversationId, CredentialId
from tests.harness.identity_tokens import ListedIdentities


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    account_id: AccountId
    storage: Storage
    database: AsyncDatabase[dict[str, Any]]

    def through(self, storage: Storage) -> Shop:
        return replace(self, storage=storage)

    @property
    def service(self) -> ConversationService:
        return ConversationService(
            storage=self.storage,
            visitor_tokens=VisitorTokens(b"s" * 32),
            browser_tokens=BrowserTokens(b"s" * 32),
            identities=ListedIdentities(),
        )

    async def start(self, visitor: str) -> ConversationId:
        widget = Principal(kind=PrincipalKind.WIDGET, account_id=self.account_id, credential_id=CredentialId("widget"))
        command = StartConversation(
            channel=Channel.WEB_CHAT, text="Hello", visitor=Visitor(anonymous_id=browser(visitor))
        )
        return (await self.service.start(widget, command)).conversation.id

    async def send(self, conversation_id: ConversationId, text: str = "And?", key: str | None = None) -> Sent:
        command = SendMessage(conversation_id=conversation_id, text=text)
        return await self.service.send_message(self._shopper(conversation_id), command, key)

    async def close(self, conversation_id: ConversationId) -> Conversation:
        command = CloseConversation(conversation_id=conversation_id)
        return await self.service.close(self._shopper(conversation_id), command)

    def _shopper(self, conversation_id: ConversationId) -> Principal:
        return Principal(
            kind=PrincipalKind.SHOPPER,
            account_id=self.account_id,
            credential_id=CredentialId("shopper"),
            conversation_id=conversation_id,
        )

    async def sequences(self, conversation_id: ConversationId) -> list[int]:
        """The sequence numbers of the messages, in the order of the log."""
        topic = f"conversation:{conversation_id}"
        cursor = self.database["events"].find({"topics": topic, "type": "message_added"}, sort=[("seq", 1)])
        return [event["body"]["message"]["sequence"] for event in await cursor.to_list()]

    async def check(self) -> int:
        """Check that the log has no gap, and that messages equal the counts. Returns the log's length."""
        events = await self.database["events"].find({"account": self.account_id}, sort=[("seq", 1)]).to_list()
        head = await self.database["account_state"].find_one({"_id": self.account_id})
        assert head is not None
        assert set(head) - {"audit", "silent_writes"} == {"_id", "seq", "epoch", "floor"}
        assert [event["seq"] for event in events] == list(range(1, head["seq"] + 1))
        for conversation in await self.database["conversations"].find({"account": self.account_id}).to_list():
            of_it = {"conversation_id": conversation["_id"]}
            messages = await self.database["messages"].find(of_it, sort=[("sequence", 1)]).to_list()
            assert [m["sequence"] for m in messages] == list(range(1, conversation["sequence"] + 1))
            assert await self.sequences(conversation["_id"]) == [m["sequence"] for m in messages]
        return len(events)


def browser(name: str) -> str:
    """The secret of a browser."""
    return f"secret of the browser {name}"


async def open_shop(storage: Storage, database: AsyncDatabase[dict[str, Any]]) -> Shop:
    account = await AccountService(storage=storage, clock=SystemClock()).create("Shop", staff=[])
    return Shop(account_id=account.id, storage=storage, database=database)
