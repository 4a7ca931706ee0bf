"""The commands of a conversation. Each says who may, checks what came in, and makes one change in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.account.credentials import Credential, VisitorTokens, token_hash
from domain.account.model import Account
from domain.conversation import journal, lifecycle
from domain.conversation.commands import (
    CloseConversation,
    IdentifyVisitor,
    SendMessage,
    Sent,
    StartConversation,
    Started,
)
from domain.conversation.model import Author, AuthorKind, Conversation, Message, Visitor
from domain.errors import AgentNotLive, ConversationClosed, Invalid, NotFound
from domain.idempotency import Result, once
from domain.ids import AccountId, ConversationId, CredentialId, new_id
from domain.principal import Permission, Principal, PrincipalKind
from domain.profile.identity import checked, combined, profile_of
from domain.storage import Storage, Timer, TimerKind, UnitOfWork
from domain.texts import check_label, check_text

VISITOR_TOKEN_LIFE = timedelta(days=30)  # a shopper's tab outlives any conversation: that closes after 48 silent hours
_NO_CONVERSATION = "No such conversation."


class ConversationService:
    def __init__(self, *, storage: Storage, visitor_tokens: VisitorTokens) -> None:
        self._storage = storage
        self._visitor_tokens = visitor_tokens

    async def start(self, principal: Principal, command: StartConversation, key: str | None = None) -> Started:
        """Open a conversation with the shopper's first message, or add the message to the one that is open.

        Raises AgentNotLive, Invalid, Forbidden.
        """
        principal.require(Permission.START_CONVERSATION)
        check_text(command.text, path=("input", "text"))
        if command.locale is not None:
            check_label(command.locale, path=("input", "locale"), limit=35)  # longest tag: RFC 5646, 4.4.1
        visitor = checked(command.visitor, path=("input", "visitor"))
        trusted = principal.kind is not PrincipalKind.WIDGET

        async def change(uow: UnitOfWork) -> Started:
            result = await once(uow, principal, key, command, lambda: self._start(uow, command, visitor, trusted))
            sent = await _sent(uow, result)
            token = self._visitor_tokens.token(uow.account_id, CredentialId(result["credential"]))
            return Started(conversation=sent.conversation, message=sent.message, visitor_token=token)

        return await self._storage.write(principal.account_id, change)

    async def _start(self, uow: UnitOfWork, command: StartConversation, visitor: Visitor, trusted: bool) -> Result:
        account = await uow.get(Account, uow.account_id)
        if account is None or not account.agent_live or command.channel not in account.channels:
            raise AgentNotLive("The agent is not live on this channel: try again later.", path=("input", "channel"))
        open_keys = lifecycle.open_keys(command.channel, visitor, trusted=trusted)
        conversation = await _still_open(uow, open_keys)
        is_new = conversation is None
        if conversation is None:
            profile = await profile_of(uow, visitor)
            conversation = replace(
                lifecycle.open_conversation(
                    channel=command.channel,
                    visitor=visitor,
                    profile_id=profile.id,
                    first_question=command.text,
                    now=uow.now,
                ),
                locale=command.locale,
                open_keys=open_keys,
            )
            schedule_auto_close(uow, conversation)
        else:
            conversation = await _identified(uow, conversation, visitor, open_keys)
        conversation, message = _shopper_says(uow, conversation, command.text)
        conversation = journal.keep_message(uow, conversation, message)
        if is_new:
            journal.started(uow, conversation, message)
        credential_id = self._admit(uow, conversation)
        return {"conversation": conversation.id, "message": message.id, "credential": credential_id}

    def _admit(self, uow: UnitOfWork, conversation: Conversation) -> CredentialId:
        """A visitor token for this conversation; what is kept is its hash."""
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
        """The shopper's next message. Raises ConversationClosed, NotFound, Invalid, Forbidden."""
        principal.require(Permission.SPEAK_AS_SHOPPER)
        principal.require_conversation(command.conversation_id)
        check_text(command.text, path=("input", "text"))

        async def act(uow: UnitOfWork) -> Result:
            conversation = await existing(uow, command.conversation_id)
            if conversation.is_closed or conversation.is_due(uow.now):
                raise ConversationClosed(
                    "This conversation is closed: start a new one.", path=("input", "conversationId")
                )
            conversation, message = _shopper_says(uow, conversation, command.text)
            journal.keep_message(uow, conversation, message)
            return {"conversation": conversation.id, "message": message.id}

        async def change(uow: UnitOfWork) -> Sent:
            return await _sent(uow, await once(uow, principal, key, command, lambda: act(uow)))

        return await self._storage.write(principal.account_id, change)

    async def identify(self, principal: Principal, command: IdentifyVisitor, key: str | None = None) -> Conversation:
        """Who the shopper is. Raises NotFound, Invalid, Forbidden."""
        principal.require(Permission.SPEAK_AS_SHOPPER)
        principal.require_conversation(command.conversation_id)
        given = checked(command.visitor, path=("input",))
        if given == Visitor():
            raise Invalid("Give at least one of email, name, phone and profileId.", path=("input",))

        async def act(uow: UnitOfWork) -> Result:
            conversation = await existing(uow, command.conversation_id)
            keys = lifecycle.open_keys(conversation.channel, given, trusted=False)
            journal.keep_change(uow, await _identified(uow, conversation, given, keys))
            return {"conversation": conversation.id}

        async def change(uow: UnitOfWork) -> Conversation:
            return await existing(
                uow, ConversationId((await once(uow, principal, key, command, lambda: act(uow)))["conversation"])
            )

        return await self._storage.write(principal.account_id, change)

    async def close(self, principal: Principal, command: CloseConversation, key: str | None = None) -> Conversation:
        """Close it now. One that is closed already is answered as it is. Raises NotFound, Forbidden."""
        principal.require(Permission.CLOSE_CONVERSATION)
        principal.require_conversation(command.conversation_id)

        async def act(uow: UnitOfWork) -> Result:
            conversation = await existing(uow, command.conversation_id)
            if not conversation.is_closed:
                at = conversation.auto_close_at if conversation.is_due(uow.now) else uow.now
                journal.keep_closed(uow, lifecycle.close(conversation, max(at, conversation.last_message_at)))
            return {"conversation": conversation.id}

        async def change(uow: UnitOfWork) -> Conversation:
            await once(uow, principal, key, command, lambda: act(uow))
            return await existing(uow, command.conversation_id)

        return await self._storage.write(principal.account_id, change)

    async def auto_close(self, account_id: AccountId, timer: Timer) -> None:
        """What the timer does when it is due: close a conversation that was silent long enough, or look again later."""

        async def change(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is None:
                return  # another process was here first
            conversation = await uow.get(Conversation, timer.subject)
            if conversation is None or conversation.is_closed:
                uow.delete(Timer, timer.id)
            elif conversation.is_due(uow.now):
                journal.keep_closed(uow, lifecycle.close(conversation, conversation.auto_close_at))
                uow.delete(Timer, timer.id)
            else:
                uow.save(replace(held, due_at=conversation.auto_close_at))

        await self._storage.write(account_id, change)


async def existing(uow: UnitOfWork, conversation_id: ConversationId) -> Conversation:
    conversation = await uow.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound(_NO_CONVERSATION, path=("input", "conversationId"))
    return conversation


async def _still_open(uow: UnitOfWork, open_keys: tuple[str, ...]) -> Conversation | None:
    conversation = await uow.open_conversation(open_keys) if open_keys else None
    if conversation is not None and conversation.is_due(uow.now):
        journal.keep_closed(uow, lifecycle.close(conversation, conversation.auto_close_at))
        return await _still_open(uow, open_keys)
    return conversation


async def _identified(
    uow: UnitOfWork, conversation: Conversation, given: Visitor, open_keys: tuple[str, ...]
) -> Conversation:
    """The conversation with what is known of the shopper now; an identity that another open one holds stays there."""
    visitor = combined(conversation.visitor, given)
    profile = await profile_of(uow, visitor, conversation.profile_id)
    changed = lifecycle.identify(conversation, visitor, profile.id)
    if conversation.is_closed:
        return changed
    free = [key for key in open_keys if await uow.open_conversation([key]) is None]
    return replace(changed, open_keys=tuple(dict.fromkeys((*conversation.open_keys, *free))))


def _shopper_says(uow: UnitOfWork, conversation: Conversation, text: str) -> tuple[Conversation, Message]:
    author = Author(kind=AuthorKind.SHOPPER, name=conversation.display_name)
    return lifecycle.add_message(conversation, author=author, text=text, now=uow.now)


def schedule_auto_close(uow: UnitOfWork, conversation: Conversation) -> None:
    """One row a conversation, not one a message: when it is due, it looks at the last message and moves on."""
    uow.save(
        Timer(
            id=f"auto-close:{conversation.id}",
            kind=TimerKind.AUTO_CLOSE,
            subject=conversation.id,
            due_at=conversation.auto_close_at,
        )
    )


async def _sent(uow: UnitOfWork, result: Result) -> Sent:
    conversation = await uow.get(Conversation, result["conversation"])
    message = await uow.get(Message, result["message"])
    if conversation is None or message is None:
        raise NotFound(_NO_CONVERSATION)
    return Sent(conversation=conversation, message=message)
