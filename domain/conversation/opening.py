"""Which conversation and profile a shopper's message belongs to: what is proved decides, then the browser's secret.

A conversation that was proved to be one shopper's is never continued by the proof of another, not even on the same
browser: a new one begins, and takes over the browser (docs/product-rules.md, section 7).
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.conversation import lifecycle
from domain.conversation.aggregate import Change, close_if_due, schedule_auto_close
from domain.conversation.commands import StartConversation
from domain.conversation.errors import AgentNotLive
from domain.conversation.events import IdentityExtended, ShopperIdentified
from domain.conversation.routing import route_for
from domain.events import EventType
from domain.model.account import Account
from domain.model.conversation import TEST_LIFE, Conversation, Message, Visitor
from domain.model.profile import browser_key
from domain.principal import Actor, Principal
from domain.profile.identity import are_same_shopper, combine, resolve_profile
from domain.storage import TimerKind, UnitOfWork
from domain.timers import timer_of
from domain.values.channel import Channel
from domain.values.errors import Conflict
from domain.values.ids import ConversationId, ProfileId, new_test_id
from domain.values.record import Record, replace


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
    uow: UnitOfWork,
    command: StartConversation,
    visitor: Visitor,
    *,
    by: Actor,
    carried_only: bool = False,
    even_if_off: bool = False,
) -> StartedConversation:
    """Find the shopper's open conversation on the channel, or make a new one without a message. `by` is the author of
    what is proved. `carried_only`: leave alone what no secret key started.

    Raises `AgentNotLive` if a new one would begin while the agent is off, but `even_if_off`.
    """
    browser, named_by_key = browser_key(visitor), isinstance(by, Principal) and by.inside
    own = lifecycle.browser_open_key(command.channel, visitor, named_by_key=named_by_key)
    is_fresh = browser in uow.fresh_keys
    conversation = await _find_open(uow, command.channel, visitor, None if is_fresh else own)
    if conversation is not None and not (carried_only and not conversation.carried):
        change = Change(uow, conversation)
        extended = await identify_shopper(change, visitor, by=by, browser=browser)
        return StartedConversation(change=change, is_new=False, identity_extended=extended)
    if not even_if_off:
        await require_live(uow, command.channel)
    resolved = await resolve_profile(uow, visitor, by=by, browser_vouches=browser)
    conversation = replace(
        lifecycle.open_conversation(
            channel=command.channel,
            visitor=visitor,
            profile_id=resolved.part_id,
            first_question=command.text,
            now=uow.now,
        ),
        locale=command.locale,
        open_keys=await _open_keys(uow, command.channel, visitor, own, is_fresh=is_fresh),
        # A number that was only typed into a chat window may be a stranger's, so nothing is sent there.
        route=await route_for(uow, command.channel, visitor.proved_part),
    )
    schedule_auto_close(uow, conversation)
    return StartedConversation(change=Change(uow, conversation), is_new=True, identity_extended=resolved.changed)


async def open_test(uow: UnitOfWork, command: StartConversation, visitor: Visitor, *, by: Actor) -> StartedConversation:
    """Make a test conversation without a message, whether the agent is live or not. It has no key by which another
    start continues it, and no route by which something leaves."""
    conversation_id = ConversationId(new_test_id())
    resolved = await resolve_profile(uow, visitor, ProfileId(conversation_id), by=by)
    opened = lifecycle.open_conversation(
        channel=command.channel,
        visitor=visitor,
        profile_id=resolved.part_id,
        first_question=command.text,
        now=uow.now,
    )
    conversation = replace(opened, id=conversation_id, locale=command.locale)
    schedule_auto_close(uow, conversation)
    uow.save(timer_of(conversation.id, TimerKind.ERASE_TEST, uow.now + TEST_LIFE))
    return StartedConversation(change=Change(uow, conversation), is_new=True, identity_extended=False)


async def _open_keys(
    uow: UnitOfWork, channel: Channel, visitor: Visitor, own: str | None, *, is_fresh: bool
) -> tuple[str, ...]:
    """Return the keys by which the visitor's new conversation is continued. `own` is that of the browser, and is free
    if this command has made it."""
    proved = lifecycle.proved_open_keys(channel, visitor)
    if own is None:
        return await _free(uow, proved)
    return (*await _free(uow, proved), own) if is_fresh else await _free(uow, (*proved, own))


async def require_live(uow: UnitOfWork, channel: Channel) -> None:
    """Raises `AgentNotLive` if the agent does not work on the channel."""
    account = await uow.get(Account, uow.account_id)
    if account is None or not account.is_live_on(channel):
        raise AgentNotLive("The agent is not live on this channel. Try again later.", field="channel")


async def identify_shopper(
    change: Change, given: Visitor, *, by: Actor, browser: str | None = None, continues: bool = True
) -> bool:
    """Add what is proved or claimed of the shopper to the conversation, and find its profile. `by` is the author of
    what is proved. `browser`: the key of the browser that gave it; if it proves something, the profile of that browser
    is merged into the shopper's.

    A proof from where the conversation is read, or from the shop, lets the shopper continue the conversation from
    elsewhere, unless another open conversation holds the identity already. `continues`: false for a proof from anywhere
    else, such as a click in a mail. The reader of the conversation is then perhaps a stranger, who must not get what
    the shopper writes elsewhere.

    Returns whether more is known than before of who the shopper is. Raises `Conflict` if something else was proved of
    the shopper before: two proofs are of one shopper only if they have an identity in common.
    """
    uow, conversation = change.uow, change.conversation
    known = conversation.visitor
    if given.is_proved and known.is_proved and not are_same_shopper(known, given):
        raise Conflict("This conversation is another shopper's. Start a new one.", field="conversation_id")
    visitor = combine(known, given)
    resolved = await resolve_profile(
        uow, visitor, conversation.profile_id, by=by, browser_vouches=browser if given.is_proved else None
    )
    change.conversation = lifecycle.identify(conversation, visitor, resolved.part_id)
    extended = resolved.changed or change.conversation != conversation
    if conversation.is_closed:
        return extended
    if continues and not conversation.is_test:
        proved = lifecycle.proved_open_keys(conversation.channel, given)
        new = await _free(uow, [key for key in proved if key not in conversation.open_keys])
        change.conversation = replace(change.conversation, open_keys=(*conversation.open_keys, *new))
    await change.publish(ShopperIdentified())
    return extended


async def _find_open(uow: UnitOfWork, channel: Channel, visitor: Visitor, own: str | None) -> Conversation | None:
    """Return the open conversation that the visitor may continue: that of the strongest proved identity, else that of
    the browser, whose key is `own`. A conversation of another shopper loses this key, since this shopper is at the
    browser now."""
    proved = lifecycle.proved_open_keys(channel, visitor)
    keys = [*proved, *([own] if own else ())]
    if not keys:
        return None
    holders: dict[str, Conversation] = {}
    for found in await uow.open_conversations(keys):
        if found.is_due(uow.now):
            await close_if_due(uow, found)
        elif found.is_full:
            await _release(uow, found)
        else:
            holders |= dict.fromkeys(found.open_keys, found)
    of_browser = holders.get(own) if own else None
    if of_browser is not None and _is_anothers(of_browser, visitor):
        released = Change(uow, of_browser)
        released.conversation = replace(of_browser, open_keys=tuple(k for k in of_browser.open_keys if k != own))
        await released.commit()
        of_browser = None
    candidates = (holders[key] for key in proved if key in holders)
    return next((c for c in candidates if are_same_shopper(c.visitor, visitor)), of_browser)


async def _release(uow: UnitOfWork, full: Conversation) -> None:
    """Take its keys from a full conversation. It stays open for the agent and staff; what the shopper writes next
    begins a conversation of its own."""
    change = Change(uow, full)
    change.conversation = replace(full, open_keys=())
    await change.commit()


def _is_anothers(conversation: Conversation, visitor: Visitor) -> bool:
    known = conversation.visitor
    return known.is_proved and visitor.is_proved and not are_same_shopper(known, visitor)


async def _free(uow: UnitOfWork, keys: Iterable[str]) -> tuple[str, ...]:
    """The keys that no open conversation has."""
    wanted = tuple(keys)
    taken = {key for c in await uow.open_conversations(wanted) for key in c.open_keys} if wanted else set()
    return tuple(key for key in wanted if key not in taken)
