"""The commands of a conversation. Each checks the permission and the input, and makes its change in one transaction."""

from __future__ import annotations

from datetime import timedelta

from domain.conversation import lifecycle
from domain.conversation.aggregate import Change, close_if_due, load_conversation, schedule_auto_close
from domain.conversation.commands import (
    CloseConversation,
    IdentifyVisitor,
    SendMessage,
    Sent,
    StartConversation,
    Started,
)
from domain.conversation.errors import AgentNotLive, ConversationClosed
from domain.conversation.events import IdentityExtended, ShopperIdentified, ShopperWrote
from domain.conversation.routing import route_for
from domain.events import EventType
from domain.idempotency import Result, run_once
from domain.model.account import Account
from domain.model.conversation import Author, AuthorKind, Conversation, Message, Visitor
from domain.model.credentials import Credential, VisitorTokens, token_hash
from domain.principal import Permission, Principal, PrincipalKind
from domain.profile.identity import check_visitor, combine, resolve_profile
from domain.storage import Storage, Timer, UnitOfWork
from domain.values.channel import Channel
from domain.values.errors import Invalid, NotFound
from domain.values.ids import AccountId, ConversationId, CredentialId, new_id
from domain.values.record import Record, replace
from domain.values.text import check_label, check_text

VISITOR_TOKEN_LIFE = timedelta(days=30)  # longer than any conversation, which closes after 48 silent hours
_NO_CONVERSATION = "No such conversation."


class ConversationService:
    """Starts, continues and closes conversations."""

    def __init__(self, *, storage: Storage, visitor_tokens: VisitorTokens) -> None:
        self._storage = storage
        self._visitor_tokens = visitor_tokens

    async def start(self, principal: Principal, command: StartConversation, key: str | None = None) -> Started:
        """Open a conversation with the shopper's first message, or add the message to the shopper's open conversation.

        Returns the conversation, the message, and a visitor token for the conversation. Raises `AgentNotLive` if the
        agent does not work on the channel, `Invalid`, `Conflict`, `Forbidden`.
        """
        principal.require(Permission.START_CONVERSATION)
        check_text(command.text, field="text")
        if command.locale is not None:
            check_label(command.locale, field="locale", limit=35)  # longest tag: RFC 5646, 4.4.1
        visitor = check_visitor(command.visitor, field="visitor")
        trusted = principal.kind is not PrincipalKind.WIDGET

        async def change(uow: UnitOfWork) -> Started:
            result = await run_once(uow, principal, key, command, lambda: self._start(uow, command, visitor, trusted))
            sent = await _sent(uow, result)
            token = self._visitor_tokens.token(uow.account_id, CredentialId(result["credential"]))
            return Started(conversation=sent.conversation, message=sent.message, visitor_token=token)

        return await self._storage.write(principal.account_id, change)

    async def _start(self, uow: UnitOfWork, command: StartConversation, visitor: Visitor, trusted: bool) -> Result:
        await _require_live(uow, command.channel)
        started = await open_or_continue(uow, command, visitor, trusted=trusted)
        message = await add_shopper_message(started.change, command.text)
        conversation = await started.commit(message)
        return {
            "conversation": conversation.id,
            "message": message.id,
            "credential": self._admit(uow, conversation),
        }

    def _admit(self, uow: UnitOfWork, conversation: Conversation) -> CredentialId:
        """Make a visitor token for the conversation. Only its hash is stored. Returns the credential's id."""
        credential_id = CredentialId(new_id())
        uow.save(
            Credential(
                id=credential_id,
                kind=PrincipalKind.SHOPPER,
                token_hash=token_hash(self._visitor_tokens.token(uow.account_id, credential_id)),
                created_at=uow.now,
                conversation_id=conversation.id,
                expires_at=uow.now + VISITOR_TOKEN_LIFE,
            )
        )
        return credential_id

    async def send_message(self, principal: Principal, command: SendMessage, key: str | None = None) -> Sent:
        """Add the shopper's next message. Raises `ConversationClosed`, `NotFound`, `Invalid`, `Conflict`,
        `Forbidden`."""
        principal.require(Permission.SPEAK_AS_SHOPPER)
        principal.require_conversation(command.conversation_id)
        check_text(command.text, field="text")

        async def act(uow: UnitOfWork) -> Result:
            conversation = await load_conversation(uow, command.conversation_id)
            if conversation.is_closed:
                raise ConversationClosed("This conversation is closed. Start a new one.", field="conversation_id")
            change = Change(uow, conversation)
            message = await add_shopper_message(change, command.text)
            return {"conversation": (await change.commit()).id, "message": message.id}

        async def change(uow: UnitOfWork) -> Sent:
            return await _sent(uow, await run_once(uow, principal, key, command, lambda: act(uow)))

        return await self._storage.write(principal.account_id, change)

    async def identify(self, principal: Principal, command: IdentifyVisitor, key: str | None = None) -> Conversation:
        """Add identities of the shopper. Returns the conversation. Raises `NotFound`, `Invalid`, `Conflict`,
        `Forbidden`."""
        principal.require(Permission.SPEAK_AS_SHOPPER)
        principal.require_conversation(command.conversation_id)
        given = check_visitor(command.visitor, field=())
        if given == Visitor():
            raise Invalid("Give at least one of e-mail address, name, phone number and profile ID.", field=())

        async def act(uow: UnitOfWork) -> Result:
            change = Change(uow, await load_conversation(uow, command.conversation_id))
            keys = lifecycle.open_keys(change.conversation.channel, given, trusted=False)
            identity_extended = await _identify(change, given, keys)
            conversation = await change.commit()
            if identity_extended:
                await change.publish(IdentityExtended())
            return {"conversation": conversation.id}

        async def change(uow: UnitOfWork) -> Conversation:
            return await load_conversation(
                uow, ConversationId((await run_once(uow, principal, key, command, lambda: act(uow)))["conversation"])
            )

        return await self._storage.write(principal.account_id, change)

    async def close(self, principal: Principal, command: CloseConversation, key: str | None = None) -> Conversation:
        """Close the conversation; a closed one is left as it is. Returns it. Raises `NotFound`, `Conflict`,
        `Forbidden`."""
        principal.require(Permission.CLOSE_CONVERSATION)
        principal.require_conversation(command.conversation_id)

        async def act(uow: UnitOfWork) -> Result:
            conversation = await load_conversation(uow, command.conversation_id)
            if not conversation.is_closed:
                change = Change(uow, conversation)
                change.close(max(uow.now, conversation.last_message_at))
                await change.commit()
            return {"conversation": conversation.id}

        async def change(uow: UnitOfWork) -> Conversation:
            await run_once(uow, principal, key, command, lambda: act(uow))
            return await load_conversation(uow, command.conversation_id)

        return await self._storage.write(principal.account_id, change)

    async def auto_close(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: close the conversation if it was silent long enough, else move the timer. Raises
        `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is None:
                return  # another process handled it
            conversation = await close_if_due(uow, await uow.get(Conversation, timer.subject))
            if conversation is None or conversation.is_closed or conversation.has_open_ticket:
                uow.delete(Timer, timer.id)  # closing the ticket sets it again
            else:
                uow.save(replace(held, due_at=conversation.auto_close_at))

        await self._storage.write(account_id, change)


class StartedConversation(Record):
    """A conversation that the shopper's message is about to be added to, opened now or before."""

    change: Change
    is_new: bool
    identity_extended: bool  # whether more is known than before of who the shopper is

    async def commit(self, message: Message) -> Conversation:
        """Commit the change with the shopper's message. Returns the conversation."""
        change = self.change
        if self.is_new:
            at = change.conversation.started_at
            change.record_business_event(EventType.CONVERSATION_STARTED, at=at, first_message=message.text)
        conversation = await change.commit()
        if self.identity_extended:
            await change.publish(IdentityExtended())
        return conversation


async def open_or_continue(
    uow: UnitOfWork, command: StartConversation, visitor: Visitor, *, trusted: bool
) -> StartedConversation:
    """Find the shopper's open conversation on the channel, or make a new one without a message.

    Raises `AgentNotLive` if a new one would begin while the agent is off.
    """
    open_keys = lifecycle.open_keys(command.channel, visitor, trusted=trusted)
    conversation = await _still_open(uow, open_keys)
    if conversation is not None:
        change = Change(uow, conversation)
        extended = await _identify(change, visitor, open_keys)
        return StartedConversation(change=change, is_new=False, identity_extended=extended)
    await _require_live(uow, command.channel)
    resolved = await resolve_profile(uow, visitor)
    conversation = replace(
        lifecycle.open_conversation(
            channel=command.channel,
            visitor=visitor,
            profile_id=resolved.profile.id,
            first_question=command.text,
            now=uow.now,
        ),
        locale=command.locale,
        open_keys=open_keys,
        # A number that was only typed into a chat window may be a stranger's, so nothing is sent there.
        route=await route_for(uow, command.channel, visitor) if trusted else None,
    )
    await schedule_auto_close(uow, conversation)
    return StartedConversation(change=Change(uow, conversation), is_new=True, identity_extended=resolved.changed)


async def _require_live(uow: UnitOfWork, channel: Channel) -> None:
    account = await uow.get(Account, uow.account_id)
    if account is None or not account.agent_live or channel not in account.channels:
        raise AgentNotLive("The agent is not live on this channel. Try again later.", field="channel")


async def _still_open(uow: UnitOfWork, open_keys: tuple[str, ...]) -> Conversation | None:
    conversation = await uow.open_conversation(open_keys) if open_keys else None
    if conversation is not None and conversation.is_due(uow.now):
        await close_if_due(uow, conversation)
        return await _still_open(uow, open_keys)
    return conversation


async def _identify(change: Change, given: Visitor, open_keys: tuple[str, ...]) -> bool:
    """Add the given identities to the conversation and its profile. An identity that another open conversation holds
    stays with that one.

    Returns whether more is known than before of who the shopper is.
    """
    uow, conversation = change.uow, change.conversation
    visitor = combine(conversation.visitor, given)
    resolved = await resolve_profile(uow, visitor, conversation.profile_id)
    change.conversation = lifecycle.identify(conversation, visitor, resolved.profile.id)
    extended = resolved.changed or change.conversation != conversation
    if conversation.is_closed:
        return extended
    free = [key for key in open_keys if await uow.open_conversation([key]) is None]
    keys = tuple(dict.fromkeys((*conversation.open_keys, *free)))
    change.conversation = replace(change.conversation, open_keys=keys)
    await change.publish(ShopperIdentified())
    return extended


async def add_shopper_message(change: Change, text: str) -> Message:
    """Add a message that the shopper wrote here, and let whoever has the conversation react to it. Returns it."""
    message = change.add_message(Author(kind=AuthorKind.SHOPPER, name=change.conversation.display_name), text)
    await change.publish(ShopperWrote(message=message))
    return message


async def _sent(uow: UnitOfWork, result: Result) -> Sent:
    conversation = await uow.get(Conversation, result["conversation"])
    message = await uow.get(Message, result["message"])
    if conversation is None or message is None:
        raise NotFound(_NO_CONVERSATION)
    return Sent(conversation=conversation, message=message)
