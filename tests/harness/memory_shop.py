"""A shop in memory, with the domain's services on `MemoryStorage`: what tests of rules need, and no more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domain.agent.service import AgentService
from domain.agent.turns import ExtendTurn, ReleaseTurn, TakeTurn
from domain.commerce.service import CommerceService
from domain.conversation.commands import (
    CloseConversation,
    IdentifyVisitor,
    PostAgentMessage,
    SendMessage,
    StartConversation,
    Started,
)
from domain.conversation.service import ConversationService
from domain.erased import ErasureHashes
from domain.events import BusinessEvent, EventType
from domain.handoff.commands import AnswerOffer, RequestHandoff
from domain.handoff.service import HandoffService
from domain.inbox.replies import ReplyService
from domain.inbox.service import InboxService
from domain.model.account import Account, Availability, Staff
from domain.model.conversation import Conversation, Message, TurnLease, Visitor
from domain.model.credentials import BrowserTokens, Credential, VisitorTokens
from domain.model.handoff import EscalationReason, Handoff, HandoffSettings, Ticket
from domain.model.profile import Profile
from domain.principal import Principal, PrincipalKind, Scope, StaffRole
from domain.reactions import REACTIONS
from domain.storage import Reactions
from domain.values.channel import Channel
from domain.values.ids import AccountId, CredentialId, StaffId, new_id
from domain.values.record import replace
from tests.harness.identity_tokens import ListedIdentities
from tests.harness.memory_unit_of_work import MemoryStorage

NOON = datetime(2026, 6, 8, 12, 0, tzinfo=UTC)  # a Monday, within business hours
ANN = Visitor(anonymous_id="the secret of Ann's browser")


class MemoryShop:
    def __init__(self, *, reactions: Reactions = REACTIONS, **settings: Any) -> None:
        account = Account(id=AccountId(new_id()), name="Acme", created_at=NOON, **settings)
        self.storage = MemoryStorage(account, now=NOON, reactions=reactions)
        self.identities = ListedIdentities()
        self.conversations = ConversationService(
            storage=self.storage,
            visitor_tokens=VisitorTokens(b"secret"),
            browser_tokens=BrowserTokens(b"secret"),
            identities=self.identities,
        )
        self.agent = AgentService(storage=self.storage)
        self.turns = self.agent.turns
        self.handoffs = HandoffService(storage=self.storage)
        self.inbox = InboxService(storage=self.storage, outbox=None)  # type: ignore[arg-type]  # retries are not tested here
        self.replies = ReplyService(storage=self.storage)
        self.commerce = CommerceService(
            storage=self.storage, browser_tokens=BrowserTokens(b"secret"), hashes=ErasureHashes(b"secret")
        )
        self.owner = self._principal(PrincipalKind.STAFF, role=StaffRole.OWNER)
        self.widget = self._principal(PrincipalKind.WIDGET)
        self.assistant = self._principal(PrincipalKind.AGENT, scopes=frozenset({Scope.AGENT}))
        self.partner = self._principal(PrincipalKind.PARTNER, scopes=frozenset({Scope.ORDERS_WRITE}))

    def staff(self, name: str, role: StaffRole = StaffRole.SUPPORT, *, online: bool = True) -> Principal:
        """Add a staff member."""
        availability = Availability.ONLINE if online else Availability.AWAY
        staff_id = StaffId(new_id())
        self.storage.keep(
            Staff(id=staff_id, name=name, email=f"{name}@a.example", role=role, availability=availability)
        )
        return self._principal(PrincipalKind.STAFF, staff_id=staff_id, role=role)

    def configure(self, **settings: Any) -> None:
        """Change the handoff settings."""
        present = HandoffSettings(id=self.storage.account.id, updated_at=NOON)
        self.storage.keep(replace(present, **settings))

    async def start(
        self, text: str = "Hello", *, channel: Channel = Channel.WEB_CHAT, visitor: Visitor = ANN, trusted: bool = True
    ) -> Conversation:
        principal = self.owner if trusted else self.widget
        command = StartConversation(channel=channel, text=text, visitor=visitor)
        return (await self.conversations.start(principal, command)).conversation

    async def open_chat(
        self,
        browser_token: str | None = None,
        *,
        channel: Channel = Channel.WEB_CHAT,
        text: str = "Hello",
        key: str | None = None,
        identity_token: str | None = None,
        **claims: str,
    ) -> Started:
        """A browser starts, with the publishable key."""
        command = StartConversation(
            channel=channel,
            text=text,
            visitor=Visitor(**claims),
            browser_token=browser_token,
            identity_token=identity_token,
        )
        return await self.conversations.start(self.widget, command, key)

    async def say(self, talk: Conversation, text: str = "Anybody there?", key: str | None = None) -> Message:
        command = SendMessage(conversation_id=talk.id, text=text)
        return (await self.conversations.send_message(self.shopper(talk), command, key)).message

    async def post(self, talk: Conversation, text: str = "How can I help?", **given: Any) -> Message:
        """The agent writes under the present epoch."""
        command = PostAgentMessage(conversation_id=talk.id, epoch=self.now(talk).controller.epoch, text=text, **given)
        return (await self.agent.post(self.assistant, command)).message

    async def identify(self, talk: Conversation, *, identity_token: str | None = None, **identity: str) -> Conversation:
        command = IdentifyVisitor(conversation_id=talk.id, visitor=Visitor(**identity), identity_token=identity_token)
        return await self.conversations.identify(self.shopper(talk), command)

    async def close(self, talk: Conversation) -> Conversation:
        return await self.conversations.close(self.shopper(talk), CloseConversation(conversation_id=talk.id))

    async def claim(self, talk: Conversation, *, seconds: int = 30, key: str | None = None) -> TurnLease:
        """An agent claims the turn."""
        claimed = await self.turns.claim(self.assistant, TakeTurn(conversation_id=talk.id, seconds=seconds), key)
        assert claimed.lease is not None
        return claimed.lease

    async def heartbeat(
        self, talk: Conversation, turn: int, *, seconds: int = 30, seen: int | None = None
    ) -> TurnLease:
        command = ExtendTurn(conversation_id=talk.id, turn=turn, seconds=seconds, last_sequence=seen)
        lease = (await self.turns.extend(self.assistant, command)).lease
        assert lease is not None
        return lease

    async def release_turn(self, talk: Conversation, turn: int) -> None:
        await self.turns.release(self.assistant, ReleaseTurn(conversation_id=talk.id, turn=turn))

    async def request(self, talk: Conversation, **given: Any) -> Handoff:
        """The agent asks for a human."""
        command = RequestHandoff(
            conversation_id=talk.id,
            epoch=self.now(talk).controller.epoch,
            reason=EscalationReason.EXPLICIT_ASK,
            **given,
        )
        return (await self.handoffs.request(self.assistant, command))[0]

    async def decide(self, talk: Conversation, *, accept: bool) -> Handoff:
        handoff = self.now(talk).handoff
        assert handoff is not None
        command = AnswerOffer(handoff_id=handoff.id, accept=accept)
        return (await self.handoffs.answer(self.shopper(talk), command))[0]

    async def hand_over(self, **start: Any) -> Conversation:
        """A conversation that waits in the inbox or at a helpdesk."""
        talk = await self.start(visitor=Visitor(email=f"{new_id().lower()}@a.example"), **start)
        await self.request(talk)
        await self.decide(talk, accept=True)
        return self.now(talk)

    def now(self, talk: Conversation) -> Conversation:
        """The conversation as it is."""
        found = self.storage.entities[Conversation, talk.id]
        assert isinstance(found, Conversation)
        return found

    def profile(self, talk: Conversation) -> Profile:
        """The profile of the conversation."""
        profile = self.storage.entities[Profile, self.now(talk).profile_id]
        while isinstance(profile, Profile) and profile.merged_into is not None:
            profile = self.storage.entities[Profile, profile.merged_into]
        assert isinstance(profile, Profile)
        return profile

    def ticket(self, talk: Conversation) -> Ticket:
        ticket = self.now(talk).ticket
        assert ticket is not None
        return ticket

    def texts(self, talk: Conversation) -> list[str]:
        messages = [m for m in self.storage.all(Message) if m.conversation_id == talk.id]
        return [m.text for m in sorted(messages, key=lambda m: m.sequence)]

    def business(self) -> list[EventType]:
        """The types of the business events, in the order of the log."""
        return [event.type for event in self.storage.events if isinstance(event, BusinessEvent)]

    def shopper(self, talk: Conversation) -> Principal:
        """A shopper with the latest visitor token of the conversation."""
        tokens = [token for token in self.storage.all(Credential) if token.conversation_id == talk.id]
        if not tokens:
            return self._principal(PrincipalKind.SHOPPER, conversation_id=talk.id)
        return Principal(
            kind=PrincipalKind.SHOPPER,
            account_id=self.storage.account.id,
            credential_id=tokens[-1].id,
            conversation_id=talk.id,
        )

    def _principal(self, kind: PrincipalKind, **given: Any) -> Principal:
        """Make a principal. The key exists, since some commands read it again."""
        key = Credential(id=CredentialId(new_id()), kind=kind, token_hash=new_id(), created_at=NOON)
        if kind is not PrincipalKind.SHOPPER:
            self.storage.keep(key)
        return Principal(kind=kind, account_id=self.storage.account.id, credential_id=key.id, **given)
