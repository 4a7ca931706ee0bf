"""Proves a claimed e-mail address: a mail with a link, a page with a button, and only the button confirms.

The owner of the mailbox vouches for one conversation, perhaps deceived by a stranger who claims her address there.
Therefore the address becomes proved, as by an identity token, but the proof continues nothing: no conversation is
opened by it, and what she writes elsewhere never lands in this one (`identify_shopper`, `continues=False`).
docs/guides/identity.md says more.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.account.lookup import account_of
from domain.conversation.aggregate import Change, close_if_due, load_conversation
from domain.conversation.events import IdentityExtended
from domain.conversation.opening import identify_shopper
from domain.conversation.visitor_access import check_may_write
from domain.email_confirmation.errors import EmailNotConnected
from domain.email_confirmation.limits import count_mail
from domain.email_confirmation.tokens import ConfirmationTokens, NamedConfirmation
from domain.idempotency import Result, run_once
from domain.model.account import Account
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import Conversation, Visitor
from domain.model.email_confirmation import LIFE, EmailConfirmation
from domain.model.profile import browser_key
from domain.outbox import ordering
from domain.principal import ANONYMOUS, Permission, Principal
from domain.storage import Reader, Storage, UnitOfWork
from domain.values.clock import Clock
from domain.values.contacts import email_key
from domain.values.errors import Conflict, Invalid
from domain.values.ids import ConversationId, new_id
from domain.values.record import Record, replace


class SendEmailConfirmation(Record):
    conversation_id: ConversationId


class SentConfirmation(Record):
    conversation: Conversation
    confirmation: EmailConfirmation


class LinkState(StrEnum):
    WAITING = "WAITING"  # the button confirms
    CONFIRMED = "CONFIRMED"  # by this link, or otherwise
    EXPIRED = "EXPIRED"
    CHANGED = "CHANGED"  # the shopper has given another address since
    REFUSED = "REFUSED"  # something else was proved of the shopper since, or the conversation closed some time ago


class OpenedLink(Record):
    """The content of the page of a link."""

    state: LinkState
    account: Account
    conversation: Conversation
    email: str


class EmailConfirmationService:
    def __init__(self, *, storage: Storage, tokens: ConfirmationTokens, clock: Clock) -> None:
        self._storage = storage
        self._tokens = tokens
        self._clock = clock

    async def send(
        self, principal: Principal, command: SendEmailConfirmation, key: str | None = None
    ) -> SentConfirmation:
        """Mail a link to the address that the shopper claims in the conversation. Whether the address is known makes no
        difference. Returns the conversation and the confirmation.

        Raises `Invalid` if no address is claimed; `Conflict` if it is proved already, or if somebody else vouches for
        the shopper; `EmailNotConnected`, `TooManyMails`, `NotFound`, `Forbidden`.
        """
        principal.require(Permission.SPEAK_AS_SHOPPER)
        principal.require_conversation(command.conversation_id)

        async def act(uow: UnitOfWork) -> Result:
            conversation = await load_conversation(uow, command.conversation_id)
            check_may_write(principal, conversation, uow.now)
            return {"confirmation": (await _mail_link(uow, conversation)).id}

        async def change(uow: UnitOfWork) -> SentConfirmation:
            result = await run_once(uow, principal, key, command, lambda: act(uow))
            confirmation = await uow.get(EmailConfirmation, result["confirmation"])
            if confirmation is None:
                raise Conflict("The link of this call has ended. Send a new key.", field="idempotency_key")
            conversation = await load_conversation(uow, command.conversation_id)
            return SentConfirmation(conversation=conversation, confirmation=confirmation)

        return await self._storage.write(principal.account_id, change)

    async def find(self, token: str) -> OpenedLink | None:
        """Return what the page of a link shows, and change nothing; `None` if there is no such link. Raises
        `Unavailable`."""
        named = self._tokens.open(token)
        if named is None:
            return None
        reader = self._storage.read(named.account_id)
        found = await _load(reader, named)
        if found is None:
            return None
        account = await reader.get(Account, named.account_id)
        return None if account is None else _opened(account, *found, now=self._clock.now())

    async def confirm(self, token: str, *, address: str | None) -> OpenedLink | None:
        """Prove the e-mail address to be the shopper's, once. `address`: the IP address of whoever pressed the button,
        for the audit log. Returns the link as it is then; `None` if there is no such link. Raises `Unavailable`."""
        named, opened = self._tokens.open(token), await self.find(token)
        if named is None or opened is None or opened.state is not LinkState.WAITING:
            return opened  # without a transaction

        async def change(uow: UnitOfWork) -> OpenedLink | None:
            found = await _load(uow, named)
            if found is None:
                return None
            confirmation, conversation = found
            conversation = await close_if_due(uow, conversation) or conversation
            link = _opened(await account_of(uow), confirmation, conversation, now=uow.now)
            if link.state is not LinkState.WAITING:
                return link
            clicker = replace(ANONYMOUS, account_id=uow.account_id, address=address)
            conversation = await _prove(uow, conversation, confirmation.email, by=clicker)
            uow.save(replace(confirmation, confirmed_at=uow.now))
            return replace(link, state=LinkState.CONFIRMED, conversation=conversation)

        return await self._storage.write(named.account_id, change)


async def _mail_link(uow: UnitOfWork, conversation: Conversation) -> EmailConfirmation:
    address = _claimed_address(conversation)
    if await uow.get(ConnectedService, connected_service_id(uow.account_id, Service.EMAIL)) is None:
        raise EmailNotConnected("The shop has connected no mail server that could send the mail.")
    await count_mail(uow, conversation, address)
    confirmation = EmailConfirmation(
        id=new_id(),
        conversation_id=conversation.id,
        email=address,
        created_at=uow.now,
        expires_at=uow.now + LIFE,
    )
    uow.save(confirmation)
    change = Change(uow, conversation)
    await ordering.send_confirmation(change, confirmation)
    await change.commit()
    return confirmation


def _claimed_address(conversation: Conversation) -> str:
    """Return the address to confirm. Raises `Invalid` if there is none, `Conflict` if it must not be confirmed."""
    visitor = conversation.visitor
    if visitor.email is None:
        raise Invalid("There is no e-mail address to confirm: claim one with identifyVisitor.", field="conversation_id")
    if "email" in visitor.proved:
        raise Conflict("The e-mail address is proved already.", field="conversation_id")
    if visitor.is_proved or conversation.carried:
        raise Conflict(
            "The shop or the channel vouches for this shopper, so a mail proves nothing more. The shop can put the "
            "address into the identity token.",
            field="conversation_id",
        )
    return visitor.email


async def _load(source: UnitOfWork | Reader, named: NamedConfirmation) -> tuple[EmailConfirmation, Conversation] | None:
    confirmation = await source.get(EmailConfirmation, named.confirmation_id)
    if confirmation is None:
        return None
    conversation = await source.get(Conversation, confirmation.conversation_id)
    return None if conversation is None or conversation.erased_at is not None else (confirmation, conversation)


def _opened(
    account: Account, confirmation: EmailConfirmation, conversation: Conversation, *, now: datetime
) -> OpenedLink:
    state = _state(confirmation, conversation, now)
    return OpenedLink(state=state, account=account, conversation=conversation, email=confirmation.email)


def _state(confirmation: EmailConfirmation, conversation: Conversation, now: datetime) -> LinkState:
    visitor, until = conversation.visitor, conversation.shopper_writes_until
    is_same = visitor.email is not None and email_key(visitor.email) == email_key(confirmation.email)
    if confirmation.confirmed_at is not None or (is_same and "email" in visitor.proved):
        return LinkState.CONFIRMED
    if now >= confirmation.expires_at:
        return LinkState.EXPIRED
    if not is_same:
        return LinkState.CHANGED
    if visitor.is_proved or (until is not None and now >= until):
        return LinkState.REFUSED
    return LinkState.WAITING


async def _prove(uow: UnitOfWork, conversation: Conversation, email: str, *, by: Principal) -> Conversation:
    change = Change(uow, conversation)
    proved = Visitor(email=email).vouched("email")
    browser = browser_key(conversation.visitor)
    extended = await identify_shopper(change, proved, by=by, browser=browser, continues=False)
    conversation = await change.commit()
    if extended:
        await change.publish(IdentityExtended())
    return conversation
