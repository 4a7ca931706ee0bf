"""Composition of the domain services and the background workers on the ports of `ports.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from api.bootstrap.answering import agent_preview, agent_runner
from api.bootstrap.conversation_link import conversation_link
from api.bootstrap.ports import Ports
from api.bootstrap.shopper_services import shopper_services
from api.realtime.cursor import CursorCodec, Position, UnknownCursor
from api.settings import Settings
from api.workers.event_forwarding import ForwardingLoop
from api.workers.helpdesk_sync import HelpdeskSync
from api.workers.maintenance import MaintenanceWorker
from api.workers.outbox_delivery import OutboxDelivery
from api.workers.outbox_dispatcher import DispatchLimits, OutboxDispatcher
from api.workers.timers import Handle, TimerWorker
from api.workers.workers import Workers
from domain.account.keys import KeyService
from domain.account.service import AccountService
from domain.agent.service import AgentService
from domain.agent.settings import AgentSettingsService
from domain.attachments.links import HANDED_ON, FileLinks
from domain.attachments.service import AttachmentService
from domain.audit.service import AuditService
from domain.commerce.service import CommerceService
from domain.connected_services.service import ConnectionService
from domain.conversation.service import ConversationService
from domain.conversation.typing import TypingService
from domain.conversation.visitor_access import VisitorAccessService
from domain.email_confirmation.service import EmailConfirmationService
from domain.email_confirmation.tokens import CONFIRM_PATH, ConfirmationTokens
from domain.erased import ErasureHashes
from domain.erasure.eraser import ConversationEraser
from domain.erasure.profile_eraser import ProfileEraser
from domain.forwarding.model import ReceiverKind
from domain.forwarding.ports import Receivers
from domain.forwarding.runner import Forwarder
from domain.forwarding.service import ForwardingService
from domain.guidance.replay_service import RuleReplayService
from domain.guidance.service import GuidanceService
from domain.handoff.service import HandoffService
from domain.helpdesk.service import HelpdeskService
from domain.helpdesk.ticket_sync import TicketSync
from domain.identity.key_sets import KeySets
from domain.identity.service import IdentityKeyService
from domain.identity.verifier import KeyedIdentityVerifier
from domain.inbox.alarms import TicketAlarms
from domain.inbox.replies import ReplyService
from domain.inbox.service import InboxService
from domain.inbox.staff import StaffService
from domain.inbox.ticket_mails import TicketMailAlarms
from domain.klaviyo.receiver import KlaviyoReceivers
from domain.klaviyo.service import KlaviyoService
from domain.knowledge.service import KnowledgeService
from domain.messaging.files.mail_files import MailFileService
from domain.messaging.files.mail_sources import MailSourceService
from domain.messaging.files.remote_files import RemoteFileService
from domain.messaging.incoming.service import IncomingService
from domain.messaging.incoming.take_in import TakeInService
from domain.messaging.mail import MailTokens
from domain.messaging.message_receipts import DeliveryService
from domain.messaging.passed_over import PassedOverService
from domain.messaging.unseen_replies import UnseenReplyAlarm
from domain.model.credentials import BrowserTokens, VisitorTokens
from domain.outbox.ports import Timeouts
from domain.outbox.service import OutboxService
from domain.profile.service import ProfileService
from domain.reactions import ATTEMPT_REACTIONS
from domain.retention.redaction import RedactionJob
from domain.retention.sweeper import RetentionSweeper
from domain.sign_in.service import SignInService
from domain.sign_in.sessions import SessionService
from domain.storage import TimerKind
from domain.values.errors import Field, Invalid
from domain.values.ids import AccountId
from domain.values.record import Record
from domain.webhooks.receiver import EndpointReceivers
from domain.webhooks.service import WebhookService
from resolvers.context import Services, StreamCursors
from resolvers.relay.global_ids import to_global_id
from resolvers.relay.page_cursors import PageCursors
from resolvers.webhooks.payload import EventPayloadSerializers


class Composition(Record):
    services: Services
    workers: Workers


class _Identity(Record):
    keys: IdentityKeyService
    verifier: KeyedIdentityVerifier


class _EventForwarding(Record):
    webhooks: WebhookService
    klaviyo: KlaviyoService
    forwardings: ForwardingService
    loop: ForwardingLoop


class _Shared(Record):
    """Parts that several services use."""

    cursors: StreamCursors
    connections: ConnectionService
    forwarding: _EventForwarding


class _StreamCursors:
    def __init__(self, codec: CursorCodec) -> None:
        self._codec = codec

    def encode(self, account_id: AccountId, epoch: str, seq: int) -> str:
        return self._codec.encode(account_id, Position(epoch=epoch, seq=seq))

    def decode(self, account_id: AccountId, cursor: str, *, field: Field) -> tuple[str, int]:
        try:
            position = self._codec.decode(cursor, account_id, field=field)
        except UnknownCursor:
            raise Invalid("This is no cursor of the account's log: take one from an event.", field=field) from None
        return position.epoch, position.seq


def compose(settings: Settings, ports: Ports, *, secret: bytes, codec: CursorCodec) -> Composition:
    """Build every service once. `secret` signs visitor tokens, mail tokens and page cursors; `codec` stream cursors."""
    cursors = _StreamCursors(codec)
    connections = ConnectionService(
        storage=ports.storage,
        connections=ports.connections,
        vault=ports.vault,
        verifiers=ports.verifiers,
        public_url=settings.public_address,
    )
    forwarding = _event_forwarding(settings, ports, connections, cursors)
    shared = _Shared(cursors=cursors, connections=connections, forwarding=forwarding)
    services = _services(settings, ports, secret, shared)
    workers = Workers(
        timers=TimerWorker(handlers=_timers(services, ports, secret), **_of_timers(ports)),
        maintenance=MaintenanceWorker(
            retention=ports.retention,
            history=ports.history,
            counters=ports.counters,
            clock=ports.clock,
            log_days=settings.log_days,
        ),
        helpdesk_sync=HelpdeskSync(calls={TimerKind.HELPDESK_SYNC: services.ticket_sync.refresh}, **_of_timers(ports)),
        outbox=_dispatcher(settings, ports, services),
        forwarding=forwarding.loop,
        agents=agent_runner(ports, services),
    )
    return Composition(services=services, workers=workers)


def _of_timers(ports: Ports) -> dict[str, Any]:
    return {"storage": ports.storage, "clock": ports.clock, "around": ports.tracing.work}


_ON_STORAGE: Mapping[str, Callable[..., Any]] = {
    "visitor_access": VisitorAccessService,
    "agent": AgentService,
    "agent_settings": AgentSettingsService,
    "guidance": GuidanceService,
    "handoffs": HandoffService,
    "replies": ReplyService,
    "profiles": ProfileService,
    "audit": AuditService,
    "keys": KeyService,
    "staff": StaffService,
    "helpdesk": HelpdeskService,
    "passed_over": PassedOverService,
    "message_deliveries": DeliveryService,
}
"""The services that need the storage and nothing else, by their fields of `Services`."""


def _services(settings: Settings, ports: Ports, secret: bytes, shared: _Shared) -> Services:
    storage, identity, outbox = ports.storage, _identity(settings, ports), _outbox(settings, ports, secret)
    attachments = _attachments(settings, ports, secret)
    mail_files = MailFileService(attachments=attachments, parser=ports.mail_parser)
    sources, tokens = MailSourceService(attachments=attachments), MailTokens(secret)
    return Services(
        **{name: service(storage=storage) for name, service in _ON_STORAGE.items()},
        storage=storage,
        snapshots=ports.snapshots,
        log=ports.log,
        clock=ports.clock,
        attachments=attachments,
        mail_files=mail_files,
        conversations=_conversations(ports, secret, identity),
        email_confirmations=_email_confirmations(ports, secret),
        agent_preview=agent_preview(ports, shared.connections),
        replays=RuleReplayService(storage=storage, past=ports.readers.past),
        inbox=InboxService(storage=storage, outbox=outbox),
        **shopper_services(settings, ports, secret),
        typing=TypingService(storage=storage, signals=ports.signals, clock=ports.clock),
        commerce=CommerceService(storage=storage, browser_tokens=BrowserTokens(secret), hashes=ErasureHashes(secret)),
        identity_keys=identity.keys,
        accounts=AccountService(storage=storage, clock=ports.clock),
        sign_in=_sign_in(settings, ports, secret, shared.connections),
        ticket_sync=_ticket_sync(ports, shared.connections),
        activity=ports.activity,
        outbox=outbox,
        incoming=IncomingService(storage=storage, tokens=tokens, sources=sources, hashes=ErasureHashes(secret)),
        taking_in=TakeInService(
            storage=storage, tokens=tokens, parser=ports.mail_parser, files=mail_files, sources=sources
        ),
        connections=shared.connections,
        webhooks=shared.forwarding.webhooks,
        klaviyo=shared.forwarding.klaviyo,
        knowledge=KnowledgeService(storage=storage, indexes=ports.knowledge),
        forwardings=shared.forwarding.forwardings,
        dead_letters=ports.forwardings,
        stream_cursors=shared.cursors,
        page_cursors=PageCursors(secret),
    )


def _outbox(settings: Settings, ports: Ports, secret: bytes) -> OutboxService:
    tokens, files = ConfirmationTokens(secret), FileLinks(secret, public_url=settings.public_address)
    return OutboxService(
        storage=ports.storage,
        rows=ports.outbox_reader,
        reactions=ATTEMPT_REACTIONS,
        link_to=conversation_link(settings),
        hashes=ErasureHashes(secret),
        confirmation_link=lambda *named: f"{settings.public_address}{CONFIRM_PATH}{tokens.token(*named)}",
        file_link=lambda account_id, file_id: files.download(account_id, file_id, ports.clock.now(), life=HANDED_ON),
    )


def _attachments(settings: Settings, ports: Ports, secret: bytes) -> AttachmentService:
    links = FileLinks(secret, public_url=settings.public_address)
    return AttachmentService(
        storage=ports.storage,
        files=ports.attachments.files,
        scanner=ports.attachments.scanner,
        links=links,
        clock=ports.clock,
    )


def _email_confirmations(ports: Ports, secret: bytes) -> EmailConfirmationService:
    return EmailConfirmationService(storage=ports.storage, tokens=ConfirmationTokens(secret), clock=ports.clock)


def _conversations(ports: Ports, secret: bytes, identity: _Identity) -> ConversationService:
    return ConversationService(
        storage=ports.storage,
        visitor_tokens=VisitorTokens(secret),
        browser_tokens=BrowserTokens(secret),
        identities=identity.verifier,
    )


def _identity(settings: Settings, ports: Ports) -> _Identity:
    key_sets = KeySets(client=ports.identity.key_sets, clock=ports.clock)
    return _Identity(
        keys=IdentityKeyService(
            storage=ports.storage,
            vault=ports.vault,
            key_sets=key_sets,
            directory=ports.identity.keys,
            private_networks=settings.webhook_private_networks,
        ),
        verifier=KeyedIdentityVerifier(
            storage=ports.storage,
            vault=ports.vault,
            key_sets=key_sets,
            clock=ports.clock,
            audiences=lambda account_id: (to_global_id("Account", account_id), account_id),
        ),
    )


def _sign_in(settings: Settings, ports: Ports, secret: bytes, connections: ConnectionService) -> SignInService:
    return SignInService(
        storage=ports.storage,
        clock=ports.clock,
        connections=connections,
        provider=ports.sign_in,
        secret=secret,
        sessions=SessionService(
            storage=ports.storage,
            clock=ports.clock,
            secret=secret,
            life=timedelta(hours=settings.session_hours),
            access_life=timedelta(minutes=settings.access_token_minutes),
        ),
        public_url=settings.public_address,
    )


def _ticket_sync(ports: Ports, connections: ConnectionService) -> TicketSync:
    return TicketSync(
        storage=ports.storage,
        connections=connections,
        tickets=ports.helpdesks.tickets,
        readers=ports.helpdesks.ticket_readers,
        helpdesk=HelpdeskService(storage=ports.storage),
    )


def _event_forwarding(
    settings: Settings, ports: Ports, connections: ConnectionService, cursors: StreamCursors
) -> _EventForwarding:
    endpoints = EndpointReceivers(
        storage=ports.storage,
        vault=ports.vault,
        clients=ports.webhook_clients,
        serializers=EventPayloadSerializers(storage=ports.storage, log=ports.log, cursors=cursors),
        clock=ports.clock,
        seconds=settings.call_seconds,
    )
    receivers: Mapping[ReceiverKind, Receivers] = {
        ReceiverKind.WEBHOOK: endpoints,
        ReceiverKind.KLAVIYO: KlaviyoReceivers(klaviyo=ports.klaviyo, connections=connections),
    }
    attempt = timedelta(seconds=settings.call_seconds)
    forwarder = Forwarder(store=ports.forwardings, receivers=receivers, clock=ports.clock, attempt=attempt)
    return _EventForwarding(
        webhooks=WebhookService(
            storage=ports.storage,
            endpoints=ports.endpoints,
            forwardings=ports.forwardings,
            receivers=endpoints,
            vault=ports.vault,
            private_networks=settings.webhook_private_networks,
        ),
        klaviyo=KlaviyoService(connections=connections, forwardings=ports.forwardings),
        forwardings=ForwardingService(storage=ports.storage, store=ports.forwardings, receivers=receivers),
        loop=ForwardingLoop(forwarder=forwarder, log=ports.log, around=ports.tracing.work),
    )


def _dispatcher(settings: Settings, ports: Ports, services: Services) -> OutboxDispatcher:
    limits = DispatchLimits(timeouts=Timeouts(call=timedelta(seconds=settings.call_seconds)))
    delivery = OutboxDelivery(
        outbox=services.outbox,
        queues=ports.queues,
        senders=ports.senders,
        connections=services.connections,
        clock=ports.clock,
        timeouts=limits.timeouts,
    )
    return OutboxDispatcher(
        queues=ports.queues,
        wake=ports.outbox_wake,
        clock=ports.clock,
        delivery=delivery,
        limits=limits,
        around=ports.tracing.work,
    )


def _timers(services: Services, ports: Ports, secret: bytes) -> Mapping[TimerKind, Handle]:
    files = RemoteFileService(
        storage=services.storage,
        connections=services.connections,
        attachments=services.attachments,
        source=ports.attachments.remote,
        clock=ports.clock,
    )
    eraser = ProfileEraser(storage=services.storage, store=ports.erasure, hashes=ErasureHashes(secret))
    alarms, mails = TicketAlarms(storage=services.storage), TicketMailAlarms(storage=services.storage)
    return {
        TimerKind.AUTO_CLOSE: services.conversations.auto_close,
        TimerKind.AGENT_SILENCE: services.handoffs.escalate_silence,
        TimerKind.AGENT_TURN: services.agent.turns.expire,
        TimerKind.SNOOZE: alarms.end_snooze,
        TimerKind.STRANDED: alarms.check_stranded,
        TimerKind.RETURN_TICKETS: services.staff.return_tickets,
        TimerKind.HAND_OUT: alarms.hand_out,
        TimerKind.FILE_FETCH: files.fetch,
        TimerKind.TELL_STAFF: mails.tell,
        TimerKind.TICKET_DIGEST: mails.send_digest,
        TimerKind.ATTACHMENT_EXPIRY: services.attachments.expire,
        TimerKind.MAIL_REPLIES: UnseenReplyAlarm(storage=services.storage).mail,
        TimerKind.ERASE_TEST: ConversationEraser(storage=services.storage, retention=ports.retention).erase,
        TimerKind.ERASE_PROFILE: eraser.step,
        TimerKind.APPLY_RETENTION: RetentionSweeper(storage=services.storage, store=ports.words).step,
        TimerKind.REDACT_MESSAGE: RedactionJob(storage=services.storage, store=ports.words).step,
    }
