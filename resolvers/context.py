"""The context of every resolver, `info.context`: the caller, the services, and the data loaders of one operation."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cached_property
from typing import Protocol, TypeVar, cast

import strawberry
from strawberry.dataloader import DataLoader

from domain.account.keys import KeyService
from domain.account.service import AccountService
from domain.activity.ports import Activity
from domain.agent.service import AgentService
from domain.agent.settings import AgentSettingsService
from domain.answering.preview import AgentPreviewService
from domain.attachments.service import AttachmentService
from domain.audit.service import AuditService
from domain.commerce.service import CommerceService
from domain.commerce.shops import ShopService
from domain.connected_services.service import ConnectionService
from domain.conversation.service import ConversationService
from domain.conversation.typing import TypingService
from domain.conversation.visitor_access import VisitorAccessService
from domain.email_confirmation.service import EmailConfirmationService
from domain.erasure.check import ErasureCheck
from domain.erasure.service import ErasureService
from domain.events import EventLog
from domain.forwarding.model import Forwarding
from domain.forwarding.ports import ForwardingStore
from domain.forwarding.service import ForwardingService
from domain.guidance.replay_service import RuleReplayService
from domain.guidance.service import GuidanceService
from domain.handoff.service import HandoffService
from domain.helpdesk.service import HelpdeskService
from domain.helpdesk.ticket_sync import TicketSync
from domain.identity.service import IdentityKeyService
from domain.inbox.replies import ReplyService
from domain.inbox.service import InboxService
from domain.inbox.staff import StaffService
from domain.klaviyo.service import KlaviyoService
from domain.knowledge.service import KnowledgeService
from domain.messaging.files.mail_files import MailFileService
from domain.messaging.incoming.service import IncomingService
from domain.messaging.incoming.take_in import TakeInService
from domain.messaging.message_receipts import DeliveryService
from domain.messaging.passed_over import PassedOverService
from domain.metrics.ports import Snapshot, Snapshots
from domain.model.account import Account, Staff
from domain.model.conversation import Conversation, Message, TurnLease
from domain.model.messaging import MessageDelivery, ReceivedMail
from domain.model.outbox import Outgoing
from domain.model.profile import Profile
from domain.outbox.service import OutboxService
from domain.principal import Principal
from domain.profile.service import ProfileService
from domain.retention.legal_hold import LegalHoldService
from domain.retention.person import PersonExportService, PersonLinks
from domain.retention.redaction import RedactionService
from domain.retention.retention_settings import RetentionService
from domain.sign_in.service import SignInService
from domain.storage import ConversationQuery, ConversationSource, E, Reader, Storage, Total
from domain.values.clock import Clock
from domain.values.errors import Field
from domain.values.ids import AccountId, ProfileId
from domain.values.record import Record
from domain.webhooks.service import WebhookService
from resolvers.relay.page_cursors import PageCursors

T = TypeVar("T")


class StreamCursors(Protocol):
    def encode(self, account_id: AccountId, epoch: str, seq: int) -> str:
        """Return the cursor of an event: the account's log of this epoch, up to this number."""

    def decode(self, account_id: AccountId, cursor: str, *, field: Field) -> tuple[str, int]:
        """Return the epoch and the number. Raises `Invalid` if the text is not a cursor of this account."""


class Services(Record):
    storage: Storage
    snapshots: Snapshots
    log: EventLog
    clock: Clock
    attachments: AttachmentService
    mail_files: MailFileService
    conversations: ConversationService
    email_confirmations: EmailConfirmationService
    agent: AgentService
    agent_settings: AgentSettingsService
    agent_preview: AgentPreviewService
    guidance: GuidanceService
    replays: RuleReplayService
    handoffs: HandoffService
    inbox: InboxService
    replies: ReplyService
    visitor_access: VisitorAccessService
    typing: TypingService
    commerce: CommerceService
    shops: ShopService
    accounts: AccountService
    audit: AuditService
    keys: KeyService
    staff: StaffService
    profiles: ProfileService
    erasures: ErasureService
    erasure_check: ErasureCheck
    redactions: RedactionService
    legal_holds: LegalHoldService
    retention: RetentionService
    person_links: PersonLinks
    person_exports: PersonExportService
    identity_keys: IdentityKeyService
    sign_in: SignInService
    connections: ConnectionService
    helpdesk: HelpdeskService
    ticket_sync: TicketSync
    outbox: OutboxService
    activity: Activity
    incoming: IncomingService
    taking_in: TakeInService
    passed_over: PassedOverService
    message_deliveries: DeliveryService
    webhooks: WebhookService
    klaviyo: KlaviyoService
    knowledge: KnowledgeService
    forwardings: ForwardingService
    dead_letters: ForwardingStore
    stream_cursors: StreamCursors
    page_cursors: PageCursors


class Context:
    """The loaders refer to what they need and not to the context: it holds them, and a cycle of each subscription would
    stay in memory until the next full collection."""

    def __init__(self, *, services: Services, principal: Principal, seq: int | None = None) -> None:
        self.services = services
        self.principal = principal
        self._seq = seq  # of the event for whose item this is

    def fresh(self, seq: int | None = None) -> "Context":
        """Return a context of the same caller with empty loaders: values loaded for one event are stale at the next.

        `seq`: the number of the event. Profiles may then be remembered ones, no older than the event.
        """
        return Context(services=self.services, principal=self.principal, seq=seq)

    def for_audience(self) -> "Context":
        """Return a context for executions that all callers of the same audience share."""
        return Context(services=self.services, principal=self.principal.as_audience())

    @cached_property
    def reader(self) -> Reader:
        return self.services.storage.read(self.principal.account_id)

    @cached_property
    def snapshots(self) -> DataLoader[datetime | None, Snapshot]:
        """Snapshots of the account by instant; `None` is the present. All readers of one instant share a snapshot."""

        snapshots, account_id = self.services.snapshots, self.principal.account_id

        async def load(instants: list[datetime | None]) -> list[Snapshot | BaseException]:
            asked = (snapshots.at(account_id, instant) for instant in instants)
            return await asyncio.gather(*asked, return_exceptions=True)

        return DataLoader(load_fn=load)

    @cached_property
    def account(self) -> DataLoader[str, Account | None]:
        return DataLoader(load_fn=self._load(Account))

    @cached_property
    def conversations(self) -> DataLoader[str, Conversation | None]:
        return DataLoader(load_fn=self._load(Conversation))

    @cached_property
    def messages(self) -> DataLoader[str, Message | None]:
        return DataLoader(load_fn=self._load(Message))

    @cached_property
    def turn_leases(self) -> DataLoader[str, TurnLease | None]:
        return DataLoader(load_fn=self._load(TurnLease))

    @cached_property
    def profiles(self) -> DataLoader[str, Profile | None]:
        if self._seq is None:
            return DataLoader(load_fn=self._load(Profile))
        profiles, account_id, seq = self.services.storage.event_profiles, self.principal.account_id, self._seq

        async def load(ids: list[str]) -> list[Profile | None]:
            found = await profiles.find(account_id, ids, seq=seq)
            return [found.get(profile_id) for profile_id in ids]

        return DataLoader(load_fn=load)

    def remembered_profile(self, profile_id: ProfileId) -> Profile | None:
        """Return a profile that need not be loaded for an event's item."""
        if self._seq is None:
            return None
        profiles = self.services.storage.event_profiles
        return profiles.known(self.principal.account_id, profile_id, seq=self._seq)

    @cached_property
    def message_deliveries(self) -> DataLoader[str, MessageDelivery | None]:
        return DataLoader(load_fn=self._load(MessageDelivery))

    @cached_property
    def mails(self) -> DataLoader[str, ReceivedMail | None]:
        return DataLoader(load_fn=self._load(ReceivedMail))

    @cached_property
    def staff(self) -> DataLoader[str, Staff | None]:
        return DataLoader(load_fn=self._load(Staff))

    @cached_property
    def forwardings(self) -> DataLoader[str, Forwarding | None]:
        return DataLoader(load_fn=self._load(Forwarding))

    @cached_property
    def deliveries(self) -> DataLoader[str, Outgoing | None]:
        """The outbox item that delivers a ticket to its helpdesk, by the ID of the ticket."""

        outbox, account_id = self.services.outbox, self.principal.account_id

        async def load(ids: list[str]) -> list[Outgoing | None]:
            found = await outbox.of_tickets(account_id, ids)
            return [found.get(ticket_id) for ticket_id in ids]

        return DataLoader(load_fn=load)

    async def first_question(self, row: Conversation) -> str:
        """Return the whole first question of a conversation, which has only the beginning of a long one."""
        message = await self.messages.load(row.first_question_id) if row.first_question_id else None
        return row.first_question if message is None else message.text

    async def complete(self, row: Conversation) -> Conversation:
        """Return the conversation with the fields that an event left out, as they are now."""
        return (await self.conversations.load(row.id) or row) if row.left_out else row

    def when_complete(self, row: Conversation, make: Callable[[Conversation], T]) -> T:
        """Return what `make` returns for the conversation with all its fields. If an event left some out, the result is
        a coroutine, which the executor awaits. A coroutine for each row of a page would cost more than the row."""
        if not row.left_out:
            return make(row)

        async def read_first() -> T:
            return make(await self.complete(row))

        return cast(T, read_first())

    @cached_property
    def totals(self) -> DataLoader[tuple[ConversationSource, ConversationQuery], Total]:
        """Totals of lists. Each is counted once in an operation."""

        async def load(lists: list[tuple[ConversationSource, ConversationQuery]]) -> list[Total | BaseException]:
            counting = (source.count_conversations(query) for source, query in lists)
            return await asyncio.gather(*counting, return_exceptions=True)

        return DataLoader(load_fn=load)

    def _load(self, kind: type[E]) -> Callable[[list[str]], Awaitable[list[E | None]]]:
        reader = self.reader

        async def load(ids: list[str]) -> list[E | None]:
            found = await reader.get_many(kind, ids)
            return [found.get(entity_id) for entity_id in ids]

        return load


Info = strawberry.Info[Context, None]
