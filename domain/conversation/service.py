"""The commands of a conversation. Each checks the permission and the input, and makes its change in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from domain.attachments.attaching import check_message, claim
from domain.conversation.aggregate import Change, close_if_due, load_conversation
from domain.conversation.carriers import check_carried, require_speaker
from domain.conversation.commands import (
    CloseConversation,
    IdentifyVisitor,
    SendMessage,
    Sent,
    StartConversation,
    Started,
)
from domain.conversation.errors import ConversationClosed, ConversationFull
from domain.conversation.events import IdentityExtended, ShopperWrote
from domain.conversation.lifecycle import check_known
from domain.conversation.opening import identify_shopper, open_or_continue, open_test, require_live
from domain.conversation.visitor_access import admit, check_admitted, check_may_write
from domain.idempotency import Result, run_once, run_once_for_browser
from domain.identity.ports import IdentityVerifier
from domain.model.attachments import Attachment
from domain.model.conversation import (
    SHOPPER_CHARACTERS,
    SHOPPER_MESSAGES,
    Author,
    AuthorKind,
    Conversation,
    Message,
    Visitor,
)
from domain.model.credentials import BrowserTokens, VisitorTokens, is_browser_token
from domain.model.profile import browser_key, key_of_browser
from domain.principal import Permission, Principal, PrincipalKind
from domain.profile.identity import check_visitor, combine
from domain.storage import Storage, Timer, UnitOfWork
from domain.values.channel import Channel
from domain.values.errors import Field, Forbidden, Invalid, NotFound
from domain.values.ids import AccountId, ConversationId, CredentialId, new_id
from domain.values.record import replace
from domain.values.text import check_label, check_text

MADE_UP = Visitor(name="Test shopper")  # the shopper of a test conversation that names none
_NO_CONVERSATION = "No such conversation."
_UNKNOWN_BROWSER = (
    "This is no browser token of this account. Leave it out, and keep the one that startConversation returns."
)


class ConversationService:
    """Starts, continues and closes conversations."""

    def __init__(
        self,
        *,
        storage: Storage,
        visitor_tokens: VisitorTokens,
        browser_tokens: BrowserTokens,
        identities: IdentityVerifier,
    ) -> None:
        self._storage = storage
        self._visitor_tokens = visitor_tokens
        self._browser_tokens = browser_tokens
        self._identities = identities

    async def start(self, principal: Principal, command: StartConversation, key: str | None = None) -> Started:
        """Open a conversation with the shopper's first message, or add the message to the shopper's open conversation.

        A caller with a secret key is believed about the shopper. From a browser only an identity token is a proof;
        everything else is a claim. An idempotency key of a browser belongs to that browser (`run_once_for_browser`).

        A test conversation always begins anew, also while the agent is off.

        Returns the conversation, the message, a visitor token for the conversation, and to a browser its browser token.
        Raises `AgentNotLive` if the agent does not work on the channel, `Invalid`, `NotFound` for an attachment,
        `Conflict`, `Forbidden`, `Unavailable`.
        """
        _check_may_start(principal, is_test=command.test)
        by_browser = principal.kind is PrincipalKind.WIDGET
        _check_start(command, by_browser=by_browser)
        visitor = await self._visitor(principal, command)
        # Without tokens, which may differ when the command is sent again.
        checked = replace(command, visitor=visitor, browser_token=None, identity_token=None)

        async def change(uow: UnitOfWork) -> Started:
            act = partial(self._start, uow, checked, principal)
            if by_browser:
                result = await run_once_for_browser(uow, principal, visitor.browser_id, key, checked, act)
                await check_admitted(uow, CredentialId(result["credential"]))
            else:
                result = await run_once(uow, principal, key, checked, act)
            sent = await _sent(uow, result)
            browser_id, credential = result.get("browser"), result.get("credential")
            return Started(
                conversation=sent.conversation,
                message=sent.message,
                visitor_token=self._visitor_tokens.token(uow.account_id, CredentialId(credential))
                if credential
                else None,
                browser_token=self._browser_tokens.token(uow.account_id, browser_id) if browser_id else None,
            )

        return await self._storage.write(principal.account_id, change)

    async def _visitor(self, principal: Principal, command: StartConversation) -> Visitor:
        """Return the visitor, with what is proved of it. Raises `Invalid`, `Unavailable`."""
        visitor = check_visitor(command.visitor, field="visitor")
        if command.test and visitor == Visitor():
            visitor = MADE_UP
        token, name = command.browser_token, "browser_token"
        if token is None and is_browser_token(command.visitor.anonymous_id or ""):
            token, name = command.visitor.anonymous_id, "anonymous_id"
        if token is not None:
            browser_id = self._browser_tokens.browser(principal.account_id, token)
            if browser_id is None:
                raise Invalid(_UNKNOWN_BROWSER, field=("visitor", name))
            visitor = replace(visitor, browser_id=browser_id)
        if principal.inside:
            visitor = visitor.vouched()
        if command.identity_token is not None:
            field = ("visitor", "identity_token")
            visitor = combine(visitor, await self._proved(principal, command.identity_token, field=field))
        return visitor

    async def _proved(self, principal: Principal, identity_token: str, *, field: Field) -> Visitor:
        """Return what an identity token proves. Call it before the transaction. Raises `Invalid`, `Unavailable`."""
        proved = await self._identities.verify(principal.account_id, identity_token, field=field)
        return Visitor(
            external_id=proved.external_id, name=proved.name, email=proved.email, phone=proved.phone
        ).vouched()

    async def _start(self, uow: UnitOfWork, command: StartConversation, principal: Principal) -> Result:
        visitor, by_browser = command.visitor, principal.kind is PrincipalKind.WIDGET
        if by_browser and visitor.browser_id is None:
            visitor = replace(visitor, browser_id=(browser_id := new_id()))
            uow.fresh_keys.add(key_of_browser(browser_id))
        if command.test:
            started = await open_test(uow, command, visitor, by=principal)
        else:
            await require_live(uow, command.channel)
            carried_only = not by_browser and not principal.has(Permission.READ_CONVERSATIONS)
            started = await open_or_continue(uow, command, visitor, by=principal, carried_only=carried_only)
        if started.is_new and not by_browser and started.change.conversation.route is None:
            started.change.conversation = replace(started.change.conversation, carried=True)
        files = await claim(uow, command.attachments, owner=principal.subject)
        message = await add_shopper_message(started.change, command.text, files)
        conversation = await started.commit(message)
        admitted = by_browser or started.is_new or conversation.carried
        return {
            "conversation": conversation.id,
            "message": message.id,
            # A secret key gets no token of a shopper who writes without it.
            **({"credential": await admit(uow, self._visitor_tokens, conversation, principal)} if admitted else {}),
            **({"browser": visitor.browser_id} if by_browser and visitor.browser_id else {}),
        }

    async def send_message(self, principal: Principal, command: SendMessage, key: str | None = None) -> Sent:
        """Add the shopper's next message, which a secret key sends in a conversation that it carries. Its text may be
        blank if it has attachments. Raises `ConversationClosed`, `ConversationFull`, `NotFound`, `Invalid`, `Conflict`,
        `Forbidden`."""
        require_speaker(principal, command.conversation_id, Permission.SPEAK_AS_SHOPPER)
        check_message(command.text, command.attachments, field="text")

        async def act(uow: UnitOfWork) -> Result:
            conversation = await load_conversation(uow, command.conversation_id)
            check_carried(principal, conversation, Permission.SPEAK_AS_SHOPPER)
            files = await claim(uow, command.attachments, owner=principal.subject)
            if conversation.is_closed:
                raise ConversationClosed("This conversation is closed. Start a new one.", field="conversation_id")
            if conversation.is_full:
                raise ConversationFull(
                    f"A conversation takes {SHOPPER_MESSAGES:,} messages and {SHOPPER_CHARACTERS:,} characters of its "
                    "shopper. Start a new one.",
                    field="conversation_id",
                )
            change = Change(uow, conversation)
            message = await add_shopper_message(change, command.text, files)
            return {"conversation": (await change.commit()).id, "message": message.id}

        async def change(uow: UnitOfWork) -> Sent:
            return await _sent(uow, await run_once(uow, principal, key, command, lambda: act(uow)))

        return await self._storage.write(principal.account_id, change)

    async def identify(self, principal: Principal, command: IdentifyVisitor, key: str | None = None) -> Conversation:
        """Add what the shopper claims, or proves by an identity token. Returns the conversation.

        Raises `NotFound`, `Invalid`, `Forbidden`, `Unavailable`; `Conflict`, also if the conversation was proved to be
        another shopper's.
        """
        require_speaker(principal, command.conversation_id, Permission.SPEAK_AS_SHOPPER)
        given = check_visitor(command.visitor, field=())
        if given == Visitor() and command.identity_token is None:
            raise Invalid("Give at least one of e-mail address, name, phone number and profile ID.", field=())
        given = given.vouched() if principal.inside else given
        if command.identity_token is not None:
            given = combine(given, await self._proved(principal, command.identity_token, field="identity_token"))
        checked = IdentifyVisitor(conversation_id=command.conversation_id, visitor=given)

        async def act(uow: UnitOfWork) -> Result:
            change = Change(uow, await load_conversation(uow, command.conversation_id))
            check_carried(principal, change.conversation, Permission.SPEAK_AS_SHOPPER)
            check_may_write(principal, change.conversation, uow.now)
            browser = browser_key(change.conversation.visitor)
            # A carrier says who the shopper of this conversation is, so what was proved before is of the same one.
            whole = combine(change.conversation.visitor.proved_part, given) if principal.inside else given
            identity_extended = await identify_shopper(change, whole, by=principal, browser=browser)
            conversation = await change.commit()
            if identity_extended:
                await change.publish(IdentityExtended())
            return {"conversation": conversation.id}

        async def change(uow: UnitOfWork) -> Conversation:
            result = await run_once(uow, principal, key, checked, lambda: act(uow))
            return await load_conversation(uow, ConversationId(result["conversation"]))

        return await self._storage.write(principal.account_id, change)

    async def close(self, principal: Principal, command: CloseConversation, key: str | None = None) -> Conversation:
        """Close the conversation; a closed one is left as it is. Returns it. Raises `NotFound`, `Conflict`,
        `NewerValue`, `Forbidden`."""
        require_speaker(principal, command.conversation_id, Permission.CLOSE_CONVERSATION)

        async def act(uow: UnitOfWork) -> Result:
            conversation = await load_conversation(uow, command.conversation_id)
            check_carried(principal, conversation, Permission.CLOSE_CONVERSATION)
            if not conversation.is_closed:
                check_known(conversation)
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
        `NewerValue`, `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is None:
                return  # another process handled it
            conversation = await close_if_due(uow, await uow.get(Conversation, timer.subject))
            check_known(conversation)
            if conversation is None or conversation.is_closed or conversation.has_open_ticket:
                uow.delete(Timer, timer.id)  # closing the ticket sets it again
            else:
                uow.save(replace(held, due_at=conversation.auto_close_at))

        await self._storage.write(account_id, change)


async def add_shopper_message(
    change: Change, text: str, files: Sequence[Attachment] = (), *, via: Channel | None = None
) -> Message:
    """Add a message that the shopper wrote here, with files that `claim` returned, and let whoever has the conversation
    react to it. `via`: the channel that it came by, if that is perhaps not the conversation's. Returns the message."""
    author = Author(kind=AuthorKind.SHOPPER, name=change.conversation.display_name)
    message = change.add_message(author, text, attachments=files)
    if via is not None:
        message = change.came_by(message, via)
    await change.publish(ShopperWrote(message=message))
    return message


def _check_may_start(principal: Principal, *, is_test: bool) -> None:
    """Raises `Unauthenticated`, `Forbidden`."""
    if not is_test:
        principal.require(Permission.START_CONVERSATION)
        return
    principal.require_known()
    if not principal.has(Permission.HOLD_TESTS):
        raise Forbidden(
            "Test conversations are for staff and agents: take a key of OWNER, ADMIN, MANAGER or SUPPORT, or one with "
            "scope `agent`.",
            field="test",
        )


def _check_start(command: StartConversation, *, by_browser: bool) -> None:
    """Raises `Invalid`; `Forbidden` if a browser gives files, for which it has no upload."""
    check_text(command.text, field="text")
    if command.locale is not None:
        check_label(command.locale, field="locale", limit=35)  # longest tag: RFC 5646, 4.4.1
    if by_browser and command.attachments:
        raise Forbidden(
            "A publishable key uploads no files. Start the conversation, then send them with its token.",
            field="attachments",
        )


async def _sent(uow: UnitOfWork, result: Result) -> Sent:
    conversation = await uow.get(Conversation, result["conversation"])
    message = await uow.get(Message, result["message"])
    if conversation is None or message is None:
        raise NotFound(_NO_CONVERSATION)
    return Sent(conversation=conversation, message=message)
