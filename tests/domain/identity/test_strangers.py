"""Random histories of two shoppers, two strangers, the shop and its staff.

Whatever strangers claim, and whoever merges and splits what: a stranger never reads, writes or receives anything of a
shopper's; a proof always wins over a claim; and nothing that a shopper proved is lost.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.attachments.links import FileLinks
from domain.attachments.service import AttachmentService
from domain.conversation.commands import IdentifyVisitor, StartConversation, Started
from domain.email_confirmation.service import LinkState
from domain.erased import ErasureHashes
from domain.identity.key_sets import KeySets
from domain.identity.service import IdentityKeyService, UpdateIdentityKeys
from domain.identity.verifier import KeyedIdentityVerifier
from domain.messaging.commands import IncomingMail, IncomingText
from domain.messaging.files.mail_sources import MailSourceService
from domain.messaging.incoming.service import IncomingService
from domain.messaging.mail import MailTokens
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import Conversation, Message, Visitor
from domain.model.email_confirmation import EmailConfirmation
from domain.model.handoff import HandoffMethod, Helpdesk
from domain.model.outbox import OutgoingKind
from domain.model.profile import Profile, identity_keys
from domain.outbox.ports import DeliveryContext
from domain.principal import StaffRole
from domain.profile.merging import whole_profile
from domain.profile.service import MergeProfiles, ProfileService, SplitProfile
from domain.values.channel import Channel
from domain.values.contacts import email_key
from domain.values.errors import Refusal
from domain.values.ids import ConversationId, new_id
from integrations.files.clamd import NoScanner
from integrations.jwks import HttpKeySetClient
from integrations.secrets.fernet import FernetVault
from tests.domain.identity.conftest import Directory, IdentityAccount
from tests.harness.email_confirmation import Confirmations, mail_server_of
from tests.harness.memory_files import MemoryFiles
from tests.harness.memory_shop import NOON, MemoryShop

T = TypeVar("T")
EXAMPLES, STEPS = (1_000, 60) if "BATON_LONG" in os.environ else (100, 40)

SHOPPERS = {
    "ann": {"external_id": "7311442200001", "email": "ann@example.com", "phone": "+393331234567", "name": "Ann"},
    "bea": {"external_id": "7311442200002", "email": "bea@example.com", "phone": "+393331234568", "name": "Bea"},
}
STRANGERS = {
    "mal": {"email": "mal@evil.example", "phone": "+15005550001", "name": "Mallory"},
    "nat": {"email": "nat@evil.example", "phone": "+15005550002", "name": "Nathan"},
}
PEOPLE = SHOPPERS | STRANGERS
VALUES = {name: set(values.values()) for name, values in PEOPLE.items()}
people = st.sampled_from(sorted(PEOPLE))
shoppers, strangers = st.sampled_from(sorted(SHOPPERS)), st.sampled_from(sorted(STRANGERS))
attributes = st.sets(st.sampled_from(["external_id", "email", "phone", "name"]))
channels = st.sampled_from([Channel.WEB_CHAT, Channel.SMS, Channel.WHATSAPP, Channel.EMAIL])


class Town(RuleBasedStateMachine):
    """The commands of the domain, in memory. `said` are the texts that each person wrote, `opened` the conversations
    whose visitor token each stranger and shopper has."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.shop = MemoryShop()
        self.storage = self.shop.storage
        self.client = HttpKeySetClient(private_networks=False)
        vault = FernetVault(lambda: [b"k" * 32])
        key_sets = KeySets(client=self.client, clock=self)
        self.keys = IdentityKeyService(
            storage=self.storage, vault=vault, key_sets=key_sets, directory=Directory(), private_networks=False
        )
        self.shop.conversations._identities = KeyedIdentityVerifier(
            storage=self.storage, vault=vault, key_sets=key_sets, clock=self, audiences=lambda account_id: (account_id,)
        )
        attachments = AttachmentService(
            storage=self.storage,
            files=MemoryFiles(),
            scanner=NoScanner(),
            links=FileLinks(b"secret", public_url="https://baton.example"),
            clock=self,
        )
        self.incoming = IncomingService(
            storage=self.storage,
            tokens=MailTokens(b"secret"),
            sources=MailSourceService(attachments=attachments),
            hashes=ErasureHashes(b"secret"),
        )
        self.profiles = ProfileService(storage=self.storage)
        self.confirmations = Confirmations(self.shop)
        self.manager = self.shop.staff("Mia", StaffRole.MANAGER)
        self.browsers: dict[str, list[str | None]] = {name: [None] for name in VALUES}
        self.opened: dict[str, set[ConversationId]] = {name: set() for name in VALUES}
        self.claimed: dict[ConversationId, set[str]] = {}  # what a stranger said of itself there
        self.proved: set[str] = set()  # keys that were proved to be a shopper's
        self.proofs: dict[ConversationId, dict[str, str]] = {}  # the latest proof of each value in a conversation

    def teardown(self) -> None:
        self.client.close()
        self.loop.close()

    def now(self) -> Any:
        return self.storage.now

    def run(self, call: Awaitable[T]) -> T | None:
        """The result of a command; None if it was refused, which then has changed nothing."""
        before = self.storage.entities

        async def act() -> T:
            return await call

        try:
            return self.loop.run_until_complete(act())
        except Refusal:
            assert self.storage.entities == before
            return None

    @initialize()
    def the_shop_sets_up(self) -> None:
        updated = self.run(self.keys.update(self.shop.owner, UpdateIdentityKeys(new_secret=True)))
        assert updated is not None
        assert updated.created is not None
        self.secret = updated.created.secret
        self.mail = mail_server_of(self.storage)
        zendesk = ConnectedService(
            id=connected_service_id(self.storage.account.id, Service.ZENDESK),
            service=Service.ZENDESK,
            settings={"subdomain": "shop"},
            sealed="",
            connected_at=NOON,
            checked_at=NOON,
        )
        self.storage.keep(self.mail, zendesk)
        self.shop.configure(method=HandoffMethod.HELPDESK, helpdesk=Helpdesk.ZENDESK)

    # The shoppers and their shop

    @rule(who=shoppers, extra=attributes, channel=channels, known_browser=st.booleans())
    def a_shopper_starts_with_a_token(self, who: str, extra: set[str], channel: Channel, known_browser: bool) -> None:
        """Beside the proof, the widget claims what it likes: the proof wins."""
        proof = self._proof(who, extra)
        self._start(who, channel, known_browser, token=self._token(proof), proof=proof, claims={"name": "Nobody"})

    @rule(who=shoppers, given=attributes.filter(lambda a: a - {"name"}), channel=channels)
    def the_shop_starts_for_a_shopper(self, who: str, given: set[str], channel: Channel) -> None:
        proof = {name: SHOPPERS[who][name] for name in given}
        self._start(who, channel, known_browser=False, proof=proof, by_shop=True)

    @rule(who=shoppers, given=attributes, channel=channels, known_browser=st.booleans())
    def a_shopper_starts_with_claims(self, who: str, given: set[str], channel: Channel, known_browser: bool) -> None:
        self._start(who, channel, known_browser, claims={name: SHOPPERS[who][name] for name in given})

    @rule(who=shoppers, extra=attributes, pick=st.integers(min_value=0))
    def a_shopper_proves_later(self, who: str, extra: set[str], pick: int) -> None:
        talk = self._own(who, pick)
        if talk is not None:
            proof = self._proof(who, extra)
            command = IdentifyVisitor(conversation_id=talk, visitor=Visitor(), identity_token=self._token(proof))
            conversation = self.storage.entities[Conversation, talk]
            assert isinstance(conversation, Conversation)
            found = self.run(self.shop.conversations.identify(self.shop.shopper(conversation), command))
            if found is not None:
                self._note_proof(talk, proof)

    @rule(who=shoppers, channel=st.sampled_from([Channel.SMS, Channel.WHATSAPP]))
    def a_shopper_texts(self, who: str, channel: Channel) -> None:
        sender = SHOPPERS[who]["phone"]
        text = IncomingText(
            external_id=new_id(), channel=channel, sender=sender, recipient="+15005550006", messaging_service=None,
            text=f"by {who}",
        )  # fmt: skip
        self.run(self.incoming.receive_text(self.storage.account.id, text))
        self._note_text(who, {"phone": sender})

    @rule(who=shoppers)
    def a_shopper_mails(self, who: str) -> None:
        sender = SHOPPERS[who]["email"]
        self._mail(who, sender, vouched=True)
        self._note_text(who, {"email": sender})

    # Mails that confirm an address

    @rule(who=people, pick=st.integers(min_value=0))
    def somebody_asks_for_a_mail(self, who: str, pick: int) -> None:
        """To whatever address the conversation claims: of a stranger's, often a shopper's."""
        talk = self._own(who, pick)
        if talk is not None:
            self.storage.now += timedelta(hours=5)  # so that no limit is reached
            self.run(self.confirmations.ask(self._conversation(talk)))

    @rule(who=people, pick=st.integers(min_value=0), again=st.booleans())
    def somebody_presses_the_button_of_an_own_chat(self, who: str, pick: int, again: bool) -> None:
        """Nobody reads the mails of others, nor presses the button of a chat that is not their own."""
        mailbox = email_key(PEOPLE[who]["email"])
        mails = [m for m in self.storage.all(EmailConfirmation) if email_key(m.email) == mailbox]
        own = sorted((m for m in mails if m.conversation_id in self.opened[who]), key=lambda m: m.id)
        if own:
            mail = own[pick % len(own)]
            for _ in range(1 + again):
                link = self.run(self.confirmations.press(self.confirmations.token_of(mail)))
                assert link is not None
            if link.state is LinkState.CONFIRMED and "email" in link.conversation.visitor.proved:
                self._note_proof(mail.conversation_id, {"email": PEOPLE[who]["email"]})

    # The strangers

    @rule(who=strangers, of=shoppers, given=attributes, channel=channels, known_browser=st.booleans())
    def a_stranger_claims_to_be_a_shopper(
        self, who: str, of: str, given: set[str], channel: Channel, known_browser: bool
    ) -> None:
        claims = STRANGERS[who] | {name: SHOPPERS[of][name] for name in given}
        self._start(who, channel, known_browser, claims=claims)

    @rule(who=strangers, of=shoppers, channel=channels)
    def a_stranger_guesses_a_label(self, who: str, of: str, channel: Channel) -> None:
        self._start(who, channel, known_browser=False, claims={"anonymous_id": of, **STRANGERS[who]})

    @rule(who=strangers, of=shoppers, given=attributes, pick=st.integers(min_value=0))
    def a_stranger_identifies(self, who: str, of: str, given: set[str], pick: int) -> None:
        talk = self._own(who, pick)
        if talk is not None:
            claims = STRANGERS[who] | {name: SHOPPERS[of][name] for name in given}
            conversation = self.storage.entities[Conversation, talk]
            assert isinstance(conversation, Conversation)
            command = IdentifyVisitor(conversation_id=talk, visitor=Visitor(**claims))
            self.run(self.shop.conversations.identify(self.shop.shopper(conversation), command))
            self.claimed[talk] |= set(claims.values())

    @rule(who=strangers, of=shoppers, channel=channels, secret=st.sampled_from(["x" * 47, "bis_" + "A" * 43]))
    def a_stranger_signs_a_token(self, who: str, of: str, channel: Channel, secret: str) -> None:
        forged = self._token(SHOPPERS[of], secret=secret)
        command = StartConversation(channel=channel, text=f"by {who}", visitor=Visitor(), identity_token=forged)
        assert self.run(self.shop.conversations.start(self.shop.widget, command)) is None

    @rule(who=strangers, of=shoppers, vouched=st.sampled_from([False, None]))
    def a_stranger_mails_in_the_name_of_a_shopper(self, who: str, of: str, vouched: bool | None) -> None:
        self._mail(who, SHOPPERS[of]["email"], vouched=vouched)

    @rule(who=strangers, of=shoppers, pick=st.integers(min_value=0))
    def a_stranger_repeats_an_idempotency_key(self, who: str, of: str, pick: int) -> None:
        command = StartConversation(channel=Channel.WEB_CHAT, text=f"by {who}", visitor=Visitor())
        started = self.run(self.shop.conversations.start(self.shop.widget, command, f"the key of {of} {pick % 3}"))
        if started is not None:
            self._note_start(who, started, set())

    # The staff

    @rule(pick=st.integers(min_value=0), other=st.integers(min_value=0))
    def staff_merge(self, pick: int, other: int) -> None:
        """Any two profiles, also wrongly; but nobody takes a stranger with a proved address for somebody else."""
        foreign = {f"e:{stranger['email']}" for stranger in STRANGERS.values()}
        whole = [profile for profile in self.storage.all(Profile) if profile.merged_into is None]
        found = [profile for profile in whole if foreign.isdisjoint(profile.keys)]
        if len(found) > 1:
            one, two = found[pick % len(found)], found[other % len(found)]
            self.run(self.profiles.merge(self.manager, MergeProfiles(profile_id=one.id, into_profile_id=two.id)))

    @rule(pick=st.integers(min_value=0))
    def staff_split(self, pick: int) -> None:
        parts = [profile for profile in self.storage.all(Profile) if profile.merged_into is not None]
        if parts:
            part = parts[pick % len(parts)]
            assert self.run(self.profiles.split(self.manager, SplitProfile(profile_id=part.id))) is not None

    # What must hold

    @invariant()
    def every_conversation_is_one_persons(self) -> None:
        """So nobody reads or writes in another's: only who wrote in a conversation has a token of it."""
        writers: dict[str, set[str]] = {}
        for message in self.storage.all(Message):
            if message.text.startswith("by "):
                writers.setdefault(message.conversation_id, set()).add(message.text.removeprefix("by "))
        assert all(len(who) == 1 for who in writers.values()), writers
        for name, talks in self.opened.items():
            assert all(writers[talk] == {name} for talk in talks)

    @invariant()
    def a_stranger_sees_its_own_claims_alone(self) -> None:
        for name in STRANGERS:
            for talk in self.opened[name]:
                visitor = self._conversation(talk).visitor
                shown = {visitor.external_id, visitor.name, visitor.email, visitor.phone} - {None}
                assert shown <= self.claimed[talk], (shown, self.claimed[talk])
                assert visitor.proved in ((), ("email",))
                assert not visitor.proved or email_key(visitor.email or "") == STRANGERS[name]["email"]

    @invariant()
    def a_proof_wins_and_is_kept(self) -> None:
        for talk, proof in self.proofs.items():
            visitor = self._conversation(talk).visitor
            for name, value in proof.items():
                assert (getattr(visitor, name), name in visitor.proved) == (value, True)

    @invariant()
    def no_proved_key_is_lost(self) -> None:
        keys = [key for profile in self.storage.all(Profile) for key in profile.keys]
        assert len(keys) == len(set(keys)), "a key belongs to one profile"
        assert self.proved <= set(keys)

    @invariant()
    def no_claim_of_a_stranger_is_in_a_verified_profile(self) -> None:
        """A stranger proves an own address at most, and then has an own profile."""
        known = set().union(*(VALUES[name] for name in SHOPPERS))
        foreign = set().union(*(VALUES[name] for name in STRANGERS))
        for profile in self.storage.all(Profile):
            if profile.verified:
                values = {profile.external_id, profile.name, profile.email, profile.phone}
                values |= {key.partition(":")[2] for key in profile.keys}
                assert values & foreign <= {STRANGERS[name]["email"] for name in STRANGERS}
                assert not (values & foreign and values & known)
                assert len(values & foreign) <= 1

    @invariant()
    def the_shops_customers_are_told_apart(self) -> None:
        for profile in self.storage.all(Profile):
            assert sum(key.startswith("x:") for key in profile.keys) <= 1
            assert profile.merged_into is None or not profile.keys

    @invariant()
    def nothing_of_a_shopper_is_sent_to_a_stranger(self) -> None:
        """By mail or text on the conversation's route, or by a helpdesk to the requester of its ticket."""
        foreign = set().union(*(VALUES[name] for name in STRANGERS))
        for name in SHOPPERS:
            for talk in self.opened[name] | self._written_by(name):
                conversation = self._conversation(talk)
                contact = self._context(conversation).contact
                addresses = {contact.email, contact.phone, contact.name}
                if conversation.route is not None:
                    addresses.add(conversation.route.shopper_address)
                assert not addresses & foreign
        for name in STRANGERS:
            for talk in self.opened[name]:
                contact = self._context(self._conversation(talk)).contact
                assert {contact.email, contact.phone, contact.name} - {None} <= self.claimed[talk]

    def _start(
        self,
        who: str,
        channel: Channel,
        known_browser: bool,
        *,
        claims: dict[str, str] | None = None,
        token: str | None = None,
        proof: dict[str, str] | None = None,
        by_shop: bool = False,
    ) -> None:
        browser = self.browsers[who][-1] if known_browser else None
        command = StartConversation(
            channel=channel,
            text=f"by {who}",
            visitor=Visitor(**(proof if by_shop and proof else claims or {})),
            browser_token=browser,
            identity_token=token,
        )
        caller = self.shop.owner if by_shop else self.shop.widget
        started = self.run(
            self.shop.conversations.start(caller, command, f"the key of {who} {len(self.opened[who]) % 3}")
        )
        if started is not None:
            self._note_start(who, started, set((claims or {}).values()))
            self._note_proof(started.conversation.id, proof or {})

    def _note_start(self, who: str, started: Started, claims: set[str]) -> None:
        talk = started.conversation.id
        self.opened[who].add(talk)
        self.claimed.setdefault(talk, set()).update(claims)
        if started.browser_token is not None:
            self.browsers[who].append(started.browser_token)

    def _note_proof(self, talk: ConversationId, proof: dict[str, str]) -> None:
        self.proofs.setdefault(talk, {}).update(proof)
        self.proved |= set(identity_keys(Visitor(**proof)))

    def _note_text(self, who: str, proof: dict[str, str]) -> None:
        latest = max(self.storage.all(Message), key=lambda m: (m.sent_at, m.id), default=None)
        assert latest is not None
        self.proved |= set(identity_keys(Visitor(**proof)))

    def _mail(self, who: str, sender: str, *, vouched: bool | None) -> None:
        mail = IncomingMail(
            reference=f"<{new_id()}@example.com>", sender=sender, name=None, recipients=("help@shop.example",),
            subject="", references=(), text=f"by {who}", whole=f"by {who}", vouched=vouched,
        )  # fmt: skip
        self.run(self.incoming.receive_mail(self.storage.account.id, self.mail, mail))

    def _proof(self, who: str, extra: set[str]) -> dict[str, str]:
        return {name: SHOPPERS[who][name] for name in extra | {"external_id"}}

    def _token(self, proof: dict[str, str], *, secret: str | None = None) -> str:
        claims = {name: value for name, value in proof.items() if name != "external_id"}
        signer = IdentityAccount.__new__(IdentityAccount)
        signer.id, signer.storage = self.storage.account.id, self.storage
        return signer.signed(secret or self.secret, sub=proof["external_id"], **claims)

    def _own(self, who: str, pick: int) -> ConversationId | None:
        talks = sorted(self.opened[who])
        return talks[pick % len(talks)] if talks else None

    def _written_by(self, name: str) -> set[ConversationId]:
        return {m.conversation_id for m in self.storage.all(Message) if m.text == f"by {name}"}

    def _conversation(self, talk: ConversationId) -> Conversation:
        found = self.storage.entities[Conversation, talk]
        assert isinstance(found, Conversation)
        return found

    def _context(self, conversation: Conversation) -> DeliveryContext:
        profile = self.loop.run_until_complete(
            whole_profile(self.storage.read(self.storage.account.id), conversation.profile_id)
        )
        return DeliveryContext(
            row_id="row", kind=OutgoingKind.TICKET, account=self.storage.account, conversation=conversation,
            messages=(), profile=profile,
        )  # fmt: skip


Town.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize="BATON_LONG" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
TestTown = Town.TestCase
