"""The steps of a handoff that several commands share."""

from __future__ import annotations

from domain.account.lookup import account_of
from domain.conversation.aggregate import BATON, Change
from domain.conversation.events import BeganWhileAgentOff, HandoffReady, ShopperIdentified
from domain.events import EventType
from domain.i18n.localization import catalog_for
from domain.knowledge.gaps import note_gap
from domain.model.account import Account
from domain.model.conversation import (
    Conversation,
    ConversationStatus,
    MessageAction,
    MessageKind,
)
from domain.model.handoff import (
    EscalationReason,
    Handoff,
    HandoffMethod,
    HandoffSettings,
    HandoffState,
    Helpdesk,
    IdentityPolicy,
    Offer,
)
from domain.storage import UnitOfWork
from domain.values.record import replace

ACCEPT, DECLINE = "accept", "decline"
MOST_HANDOFFS = 100  # in one conversation; more are a mistake of the caller


async def settings_of(uow: UnitOfWork) -> HandoffSettings:
    """Return the account's handoff settings."""
    settings = await uow.get(HandoffSettings, uow.account_id)
    return settings or initial_settings(await account_of(uow))


def initial_settings(account: Account) -> HandoffSettings:
    """The settings of an account that has not changed any."""
    return HandoffSettings(id=account.id, updated_at=account.created_at)


async def begin(
    change: Change, *, reason: EscalationReason, reason_detail: str | None = None, summary: str | None = None
) -> Handoff:
    """Begin a handoff: offer it where the channel asks first, else open a ticket; or show the custom message."""
    uow, conversation = change.uow, change.conversation
    settings = await settings_of(uow)
    if reason is EscalationReason.KNOWLEDGE_GAP and not conversation.is_test:
        await note_gap(uow, conversation)
    handoff = Handoff(
        id=conversation.next_handoff_id,
        state=HandoffState.OFFERED,
        method=settings.method,
        helpdesk=_helpdesk_of(settings, conversation),
        reason=reason,
        reason_detail=reason_detail,
        summary=summary,
        requested_at=uow.now,
    )
    if settings.method is HandoffMethod.MESSAGE:
        trigger(change, handoff)
        change.put_handoff(replace(handoff, state=HandoffState.MESSAGE_SHOWN))
        change.add_notice(settings.custom_message or "", MessageKind.CUSTOM_MESSAGE)
    elif conversation.channel.asks_first:
        offer(change, handoff, settings)
    else:
        trigger(change, handoff)
        await hand_over(change, handoff)
    return handoff


def _helpdesk_of(settings: HandoffSettings, conversation: Conversation) -> Helpdesk | None:
    """Where the ticket goes; that of a test conversation stays in Baton."""
    if settings.method is not HandoffMethod.HELPDESK:
        return None
    return Helpdesk.INBOX if conversation.is_test else settings.helpdesk


def offer(change: Change, handoff: Handoff, settings: HandoffSettings) -> None:
    """Show the shopper an offer with two buttons."""
    words = catalog_for(change.conversation.locale)
    shown = Offer(
        text=settings.offer_text or words.offer_text,
        accept_label=settings.accept_label or words.accept_label,
        decline_label=settings.decline_label or words.decline_label,
        locale=words.locale,
        offered_at=change.uow.now,
        settings_version=settings.version,
    )
    change.put_handoff(replace(handoff, state=HandoffState.OFFERED, offer=shown))
    actions = (MessageAction(id=ACCEPT, label=shown.accept_label), MessageAction(id=DECLINE, label=shown.decline_label))
    change.add_message(BATON, shown.text, kind=MessageKind.HANDOFF_OFFER, actions=actions)


def trigger(change: Change, handoff: Handoff) -> None:
    """Mark the conversation as not resolved by the agent, which is final, and record the event, once per
    conversation."""
    conversation = change.conversation
    if conversation.status is ConversationStatus.NOT_RESOLVED_BY_AI:
        return
    change.conversation = replace(conversation, status=ConversationStatus.NOT_RESOLVED_BY_AI)
    change.record_business_event(
        EventType.CONVERSATION_ESCALATED,
        at=change.uow.now,
        reason=handoff.reason,
        reason_detail=handoff.reason_detail,
    )


async def hand_over(change: Change, handoff: Handoff) -> None:
    """Pass the handoff to its team if the shopper is identified, else ask for the identity first."""
    settings = await settings_of(change.uow)
    words = catalog_for(change.conversation.locale)
    if not _is_identified(change.conversation, settings.identity_policy):
        change.put_handoff(replace(handoff, state=HandoffState.AWAITING_IDENTITY))
        by_email = settings.identity_policy is IdentityPolicy.EMAIL
        change.add_notice(words.identity_email if by_email else words.identity_signed_in, MessageKind.IDENTITY_REQUEST)
        return
    await change.publish(HandoffReady(handoff=handoff))


async def hand_over_to_team(change: Change, _: BeganWhileAgentOff) -> None:
    """Begin a handoff of a conversation that the agent will not see."""
    await begin(change, reason=EscalationReason.AGENT_OFF)


async def resume(change: Change, _: ShopperIdentified) -> None:
    """Continue a handoff that waited for the shopper's identity, if it suffices now."""
    handoff = change.conversation.handoff
    if handoff is None or handoff.state is not HandoffState.AWAITING_IDENTITY:
        return
    settings = await settings_of(change.uow)
    if _is_identified(change.conversation, settings.identity_policy):
        await hand_over(change, handoff)


def _is_identified(conversation: Conversation, policy: IdentityPolicy) -> bool:
    """Whether the identity suffices. Phone and e-mail channels come with one; only the web chat has to ask."""
    if not conversation.channel.asks_first:
        return True
    visitor = conversation.visitor
    if policy is IdentityPolicy.EMAIL:
        return visitor.email is not None  # of the ticket's contact, so a claim suffices
    return "external_id" in visitor.proved
