"""The commands of a handoff: request, decision, withdrawal, settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from domain.account.lookup import account_of
from domain.audit.changes import all_fields, changes_between
from domain.audit.recording import record
from domain.connected_services.helpdesks import SERVICES
from domain.conversation import lifecycle
from domain.conversation.agent_silence import start_silence_timer
from domain.conversation.aggregate import Change, close_if_due, load_conversation, schedule_auto_close
from domain.conversation.errors import ConversationClosed, NotInControl
from domain.conversation.lifecycle import check_known, owes_reply
from domain.conversation.turns import drop_lease_timer, first_unanswered, held_lease
from domain.conversation.visitor_access import check_may_write
from domain.events import HandoffSettingsChanged
from domain.handoff import flow, helpdesk_delivery
from domain.handoff.commands import AnswerOffer, RequestHandoff, WithdrawHandoff
from domain.handoff.settings import SettingsChange, apply_change
from domain.i18n.localization import catalog_for
from domain.idempotency import Result, run_once
from domain.model.account import Account
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.model.connected_services import ConnectedService, connected_service_id
from domain.model.conversation import ControllerKind, Conversation
from domain.model.handoff import (
    ConsentDecision,
    ConsentRecord,
    EscalationReason,
    Handoff,
    HandoffSettings,
    HandoffState,
    Helpdesk,
)
from domain.principal import Permission, Principal
from domain.storage import Storage, Timer, UnitOfWork
from domain.values.errors import Conflict, Invalid, NotFound
from domain.values.ids import AccountId, HandoffId, whole_id
from domain.values.record import replace
from domain.values.text import check_label, check_text

_SUMMARY_LIMIT = 10_000  # characters
_DETAIL_LIMIT = 1_000


class HandoffService:
    """Requests, decides and withdraws handoffs, and changes the settings."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def request(
        self, principal: Principal, command: RequestHandoff, key: str | None = None
    ) -> tuple[Handoff, Conversation]:
        """Request a human. While a handoff waits for the shopper, that handoff is returned and no other begins.

        The request ends the agent's turn. Returns the handoff and the conversation. Raises `NotInControl` if the epoch
        is over, `NotYourTurn` if it names a claim that is over, `ConversationClosed`, `Conflict`, `NotFound`,
        `Invalid`, `Forbidden`.
        """
        principal.require(Permission.REQUEST_HANDOFF)
        _check(command)

        async def act(uow: UnitOfWork) -> Result:
            conversation = await load_conversation(uow, command.conversation_id)
            _check_control(conversation, command.epoch)
            change = Change(uow, conversation)
            await _answer_turn(change, command.turn)
            handoff = conversation.handoff
            if handoff is None or not handoff.is_undecided:
                _check_room(conversation)
                change.conversation = lifecycle.label(conversation, skill=command.skill, tags=command.tags)
                handoff = await flow.begin(
                    change,
                    reason=command.reason,
                    reason_detail=command.reason_detail,
                    summary=command.summary,
                )
            await change.commit()
            return {"handoff": handoff.id}

        return await self._run(principal, key, command, act)

    async def answer(
        self, principal: Principal, command: AnswerOffer, key: str | None = None
    ) -> tuple[Handoff, Conversation]:
        """Accept or decline an offer. The first decision counts, and sending it again changes nothing.

        Returns the handoff and the conversation. Raises `Conflict` for another decision, `NotFound`, `Forbidden`.
        """
        principal.require(Permission.SPEAK_AS_SHOPPER)

        async def act(uow: UnitOfWork) -> Result:
            conversation, handoff = await _of(uow, principal, command.handoff_id)
            decision = ConsentDecision.ACCEPTED if command.accept else ConsentDecision.DECLINED
            if handoff.consent is not None and handoff.consent.decision is decision:
                return {"handoff": handoff.id}
            if handoff.state is not HandoffState.OFFERED or handoff.offer is None:
                raise Conflict(_ANSWERED.get(handoff.state, _DECIDED), field="accept")
            change = Change(uow, conversation)
            answered = replace(handoff, consent=_consent(uow, conversation, handoff, decision))
            if command.accept:
                flow.trigger(change, answered)
                await flow.hand_over(change, answered)
            else:
                change.put_handoff(replace(answered, state=HandoffState.DECLINED))
            await change.commit()
            return {"handoff": handoff.id}

        return await self._run(principal, key, command, act)

    async def withdraw(
        self, principal: Principal, command: WithdrawHandoff, key: str | None = None
    ) -> tuple[Handoff, Conversation]:
        """Withdraw a handoff, so that the agent has the conversation again.

        Returns the handoff and the conversation. Raises `Conflict` if a human has taken it or it is over, `NotFound`,
        `Forbidden`.
        """
        principal.require(Permission.SPEAK_AS_SHOPPER)

        async def act(uow: UnitOfWork) -> Result:
            conversation, handoff = await _of(uow, principal, command.handoff_id)
            if handoff.state is not HandoffState.WITHDRAWN:
                await _check_withdrawable(uow, conversation, handoff)
                change = Change(uow, conversation)
                await _withdraw(change, handoff)
                await change.commit()
            return {"handoff": handoff.id}

        return await self._run(principal, key, command, act)

    async def escalate_silence(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: begin a handoff if the agent has not replied within the account's time limit. Raises
        `NewerValue`, `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is None or uow.now < held.due_at:
                return  # another process handled it, or the timer was moved
            uow.delete(Timer, timer.id)  # the shopper's next message sets it again
            conversation = await close_if_due(uow, await uow.get(Conversation, timer.subject))
            check_known(conversation)
            account = await account_of(uow)
            if conversation is None or account.agent_silence is None or not owes_reply(conversation):
                return
            undecided = conversation.handoff is not None and conversation.handoff.is_undecided
            if not undecided and len(conversation.handoffs) < flow.MOST_HANDOFFS:
                silence = Change(uow, conversation)
                await flow.begin(silence, reason=EscalationReason.AGENT_FAILURE)
                await silence.commit()

        await self._storage.write(account_id, change)

    async def settings(self, account_id: AccountId) -> HandoffSettings:
        """Return the handoff settings of an account. Raises `NotFound`."""
        reader = self._storage.read(account_id)
        kept = await reader.get(HandoffSettings, account_id)
        if kept is not None:
            return kept
        account = await reader.get(Account, account_id)
        if account is None:
            raise NotFound("No such account.")
        return flow.initial_settings(account)

    async def update_settings(self, principal: Principal, change: SettingsChange) -> HandoffSettings:
        """Change the settings. Returns them. Raises `Invalid` with the field, `NotConnected`, `Conflict` if the
        expected version is not the present one, `Forbidden`."""
        principal.require(Permission.CHANGE_SETTINGS)

        async def act(uow: UnitOfWork) -> HandoffSettings:
            connected = await _connected(uow)
            before = await flow.settings_of(uow)
            settings = apply_change(before, change, connected=connected, now=uow.now)
            uow.save(settings)
            uow.emit(HandoffSettingsChanged(settings=settings))
            target = AuditTarget(kind=AuditTargetKind.HANDOFF_SETTINGS, id=settings.id)
            changes = changes_between(before, settings, all_fields(HandoffSettings, without=["version", "updated_at"]))
            await record(uow, principal, AuditAction.HANDOFF_SETTINGS_UPDATED, target, changes)
            return settings

        return await self._storage.write(principal.account_id, act)

    async def _run(
        self, principal: Principal, key: str | None, command: object, act: Callable[[UnitOfWork], Awaitable[Result]]
    ) -> tuple[Handoff, Conversation]:
        async def change(uow: UnitOfWork) -> tuple[Handoff, Conversation]:
            result = await run_once(uow, principal, key, command, lambda: act(uow))
            conversation, handoff = await _of(uow, principal, HandoffId(result["handoff"]))
            return handoff, conversation

        return await self._storage.write(principal.account_id, change)


_WITHDRAWABLE = (HandoffState.QUEUED, HandoffState.DELIVERED, HandoffState.FAILED)
_DECIDED = "This offer was decided already, and the decision cannot be changed."
_ANSWERED = {
    HandoffState.EXPIRED: "This offer has expired, because the conversation is closed.",
    HandoffState.WITHDRAWN: "This handoff was withdrawn.",
}


async def _connected(uow: UnitOfWork) -> frozenset[Helpdesk]:
    """The helpdesks that can be chosen: connected, and working as far as is known."""
    held = {
        helpdesk: await uow.get(ConnectedService, connected_service_id(uow.account_id, service))
        for helpdesk, service in SERVICES.items()
    }
    return frozenset(helpdesk for helpdesk, connection in held.items() if connection and connection.problem is None)


async def _of(uow: UnitOfWork, principal: Principal, handoff_id: HandoffId) -> tuple[Conversation, Handoff]:
    conversation = await close_if_due(uow, await uow.get(Conversation, whole_id(handoff_id)))
    handoff = conversation.find_handoff(handoff_id) if conversation else None
    if conversation is None or handoff is None:
        raise NotFound("No such handoff.", field="handoff_id")
    if principal.conversation_id not in (None, conversation.id):
        raise NotFound("No such handoff.", field="handoff_id")
    check_may_write(principal, conversation, uow.now)
    return conversation, handoff


def _check(command: RequestHandoff) -> None:
    if command.reason is EscalationReason.AGENT_OFF:
        raise Invalid("The server sets AGENT_OFF. Use another reason.", field="reason")
    if command.reason_detail is not None:
        check_text(command.reason_detail, field="reason_detail", limit=_DETAIL_LIMIT)
    if command.summary is not None:
        check_text(command.summary, field="summary", limit=_SUMMARY_LIMIT)
    if command.skill is not None:
        check_label(command.skill, field="skill")
    for place, tag in enumerate(command.tags):
        check_label(tag, field=("tags", str(place)))


async def _answer_turn(change: Change, number: int | None) -> None:
    """End the agent's turn. `number` is that of its claim. Raises `NotYourTurn`, `Invalid`."""
    if number is None:
        change.answer_turn()
        return
    lease = await held_lease(change.uow, change.conversation, number)
    change.answer_turn(except_from=await first_unanswered(change.uow, change.conversation, lease))
    drop_lease_timer(change.uow, lease)


def _check_room(conversation: Conversation) -> None:
    if len(conversation.handoffs) >= flow.MOST_HANDOFFS:
        raise Conflict("This conversation has too many handoffs already.", field="conversation_id")


def _check_control(conversation: Conversation, epoch: int) -> None:
    controller = conversation.controller
    if epoch > controller.epoch:
        raise Invalid(
            "There is no such epoch yet. Write under the epoch of the controller that you have read.", field="epoch"
        )
    if conversation.is_closed and epoch == controller.epoch:
        raise ConversationClosed("This conversation is closed.", field="conversation_id")
    if epoch < controller.epoch or controller.kind is not ControllerKind.AI_AGENT:
        raise NotInControl(
            "The agent no longer has this conversation. Read the controller again.",
            controller=controller,
            field="epoch",
        )


def _consent(uow: UnitOfWork, conversation: Conversation, handoff: Handoff, decision: ConsentDecision) -> ConsentRecord:
    offer = handoff.offer
    assert offer is not None, "only an offer is decided"
    return ConsentRecord(
        decision=decision,
        wording=offer.text,
        action_label=offer.accept_label if decision is ConsentDecision.ACCEPTED else offer.decline_label,
        locale=offer.locale,
        channel=conversation.channel,
        offered_at=offer.offered_at,
        decided_at=uow.now,
        settings_version=offer.settings_version,
    )


async def _check_withdrawable(uow: UnitOfWork, conversation: Conversation, handoff: Handoff) -> None:
    controller, ticket = conversation.controller, conversation.ticket
    with_helpdesk = controller.kind is ControllerKind.HELPDESK
    answered = with_helpdesk and ticket is not None and await helpdesk_delivery.was_answered(uow, conversation, ticket)
    if controller.kind is ControllerKind.HUMAN_AGENT or answered:
        raise Conflict("A human has taken the conversation. Write to them in the chat.", field="handoff_id")
    waits = handoff.state in _WITHDRAWABLE and (with_helpdesk or controller.kind is ControllerKind.QUEUE)
    if conversation.is_closed or not (handoff.is_undecided or (waits and handoff == conversation.handoff)):
        raise Conflict("This handoff is over, so there is nothing to withdraw.", field="handoff_id")


async def _withdraw(change: Change, handoff: Handoff) -> None:
    now = change.uow.now
    consent = handoff.consent and replace(handoff.consent, decision=ConsentDecision.WITHDRAWN, decided_at=now)
    change.put_handoff(replace(handoff, state=HandoffState.WITHDRAWN, consent=consent))
    ticket = change.conversation.ticket
    if ticket is not None and ticket.handoff_id == handoff.id:
        outside = ticket.helpdesk is not Helpdesk.INBOX
        change.put_ticket(
            await helpdesk_delivery.withdraw_ticket(change, ticket, by_shopper=True) if outside else ticket.close()
        )
        schedule_auto_close(change.uow, change.conversation)
    change.conversation = lifecycle.give_control(change.conversation, ControllerKind.AI_AGENT, now)
    await start_silence_timer(change)
    if handoff.consent is not None:
        change.add_notice(catalog_for(change.conversation.locale).withdrawn)
