"""Replies to the turns of accounts whose agent Baton runs itself: the built-in agent, or a model.

    turn waits ──▶ claim ──▶ question ──▶ agent ──┬─ reply ─────────────────────▶ message
                     └─ heartbeats, growing text ─┘ handoff, or whatever fails ─▶ handoff

It works as an outside agent does: under a lease, by the same commands, so that both can serve one account, and any
number of processes may try the same turn. A process that dies loses the lease, and another one claims the turn. A turn
that was claimed several times without a result is handed over without asking the agent again, and is left alone if even
that fails. So no error repeats without an end, and every error ends at a human.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from domain.agent.ports import AgentHandoff, AgentOutcome, AgentReply, Agents, AnsweringAgent
from domain.agent.service import AgentService
from domain.agent.settings import AgentSettingsService
from domain.agent.turns import ReleaseTurn, TakeTurn
from domain.answering.identity import own_agent
from domain.answering.questions import QuestionReader
from domain.answering.turn_keeper import TurnKeeper
from domain.conversation.commands import PostAgentMessage
from domain.conversation.errors import ConversationClosed, NotInControl, NotYourTurn
from domain.conversation.partial_replies import PartialReplyService
from domain.handoff.commands import RequestHandoff
from domain.handoff.service import HandoffService
from domain.i18n.localization import catalog_for
from domain.knowledge.answering import GENERAL_SKILL, cards_first
from domain.model.agent.knowledge import CatalogProduct
from domain.model.agent.settings import AgentKind
from domain.model.conversation import Conversation, Message, ProductCard, TurnLease
from domain.model.handoff import EscalationReason, Handoff, HandoffState, IdentityPolicy
from domain.principal import Principal
from domain.storage import Storage
from domain.values.clock import Clock
from domain.values.errors import Conflict, NotFound, Refusal, Unavailable
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record

LEASE = 10  # seconds: how long a shopper waits at most for another process, if one dies
MOST_CLAIMS = 3  # of one turn, after which the agent is not asked again
_GIVEN_UP = 2 * MOST_CLAIMS  # claims of one turn, after which it is left alone: even its handoff fails
_LONGEST_REPLY = 150.0  # seconds of an agent; agents have shorter limits of their own
_RELEASING = 2.0  # seconds for a release while the process ends

_OVER = (NotYourTurn, NotInControl, ConversationClosed, NotFound)  # somebody else replied, or nobody has to

logger = logging.getLogger("baton.agent")


class _ClaimedTurn(Record):
    """A turn that was claimed here."""

    principal: Principal
    conversation: Conversation
    lease: TurnLease


class AnsweringService:
    """Replies to one turn at a time (`answer`). `api/workers/agent_runner.py` calls it for each turn that waits."""

    def __init__(
        self,
        *,
        storage: Storage,
        agent: AgentService,
        handoffs: HandoffService,
        partial_replies: PartialReplyService,
        agents: Agents,
        questions: QuestionReader,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._settings = AgentSettingsService(storage=storage)
        self._agent = agent
        self._handoffs = handoffs
        self._partial_replies = partial_replies
        self._agents = agents
        self._questions = questions

    async def answer(self, account_id: AccountId, conversation_id: ConversationId, *, fresh: bool = False) -> bool:
        """Reply to the turn of a conversation, or hand it over. Returns whether there was anything to do.

        `fresh`: the turn has just begun, so that a look at its lease before the claim would cost more than it saves.
        Raises `Unavailable`: then the turn is claimed again when the lease has expired.
        """
        if not fresh and not await self._is_free(account_id, conversation_id):
            return False
        principal = own_agent(account_id)
        try:
            claimed = await self._agent.turns.claim(principal, TakeTurn(conversation_id=conversation_id, seconds=LEASE))
        except _OVER:
            return False
        assert claimed.lease is not None, "a claim has a lease"
        turn = _ClaimedTurn(principal=principal, conversation=claimed.conversation, lease=claimed.lease)
        try:
            return await self._work_on(turn)
        except asyncio.CancelledError:  # the process ends: another one shall not have to wait for the lease
            await self._release(turn)
            raise

    async def _is_free(self, account_id: AccountId, conversation_id: ConversationId) -> bool:
        reader = self._storage.read(account_id)
        conversation, lease, settings = await asyncio.gather(
            reader.get(Conversation, conversation_id),
            reader.get(TurnLease, conversation_id),
            self._settings.of(account_id),
        )
        if settings.answered_by is AgentKind.OFF:
            return False
        if conversation is None or conversation.turn is None or not conversation.turn.waits:
            return False
        if lease is None or not lease.is_of(conversation.turn):
            return True
        if lease.claims >= _GIVEN_UP:
            logger.error("The turn of conversation %s was claimed %s times, and is left.", lease.id, lease.claims)
            return False
        return lease.until <= self._clock.now()

    async def _work_on(self, turn: _ClaimedTurn) -> bool:
        account_id = turn.principal.account_id
        settings = await self._settings.of(account_id)
        if settings.answered_by is AgentKind.OFF:  # it was changed meanwhile
            await self._release(turn)
            return False
        async with TurnKeeper(
            turns=self._agent.turns,
            replies=self._partial_replies,
            principal=turn.principal,
            conversation=turn.conversation,
            lease=turn.lease,
            seconds=LEASE,
        ) as keeper:
            outcome, last = await self._outcome(turn, self._agents.of(settings), keeper)
            await self._carry_out(turn, outcome, last)
        return True

    async def _outcome(
        self, turn: _ClaimedTurn, agent: AnsweringAgent | None, keeper: TurnKeeper
    ) -> tuple[AgentOutcome, Message | None]:
        """Return what to do, and the last message of the question, if it was read. Raises `Unavailable`."""
        if agent is None:
            return _failure("The agent that the account has chosen is not there."), None
        if turn.lease.claims > MOST_CLAIMS:
            return _failure(f"The turn was begun {turn.lease.claims - 1} times, and never finished."), None
        last = None
        try:
            asked = await self._questions.of(turn.principal.account_id, turn.conversation, turn.lease.last_sequence)
            last = asked.last
            async with asyncio.timeout(_LONGEST_REPLY):
                return await agent.reply(asked.question, on_text=keeper.show), last
        except Unavailable:
            raise
        except TimeoutError:
            return _failure(f"The agent took longer than {_LONGEST_REPLY:g} seconds."), last
        except Exception as error:
            logger.exception("The agent failed at conversation %s; it is handed over.", turn.conversation.id)
            return _failure(f"The agent failed: {type(error).__name__}."), last

    async def _carry_out(self, turn: _ClaimedTurn, outcome: AgentOutcome, last: Message | None) -> None:
        try:
            if isinstance(outcome, AgentReply):
                await self._post(turn, outcome)
            else:
                await self._hand_over(turn, outcome, last)
        except _OVER:  # the text is kept as a draft
            return
        except Unavailable:
            raise
        except Exception as error:
            bug = None if isinstance(error, Refusal) else error
            place = turn.conversation.id
            logger.warning(
                "The reply to conversation %s was refused (%s); it is handed over.", place, error, exc_info=bug
            )
            with suppress(*_OVER):
                await self._hand_over(turn, _failure(f"The reply was refused: {type(error).__name__}."), last)

    async def _post(self, turn: _ClaimedTurn, reply: AgentReply) -> None:
        cards = await self._cards(turn.principal.account_id, reply.product_ids)
        await self._agent.post(
            turn.principal,
            PostAgentMessage(
                conversation_id=turn.conversation.id,
                epoch=turn.conversation.controller.epoch,
                text=reply.text,
                skill=reply.skill,
                tags=reply.topics,
                products=cards,
                turn=turn.lease.number,
            ),
        )

    async def _cards(self, account_id: AccountId, product_ids: tuple[str, ...]) -> tuple[ProductCard, ...]:
        if not product_ids:
            return ()
        found = await self._storage.read(account_id).get_many(CatalogProduct, product_ids)
        if not found:
            raise Conflict("The products of the reply are not in the catalogue any more.")
        return tuple(product.card for product in cards_first([*found.values()], product_ids))

    async def _hand_over(self, turn: _ClaimedTurn, handoff: AgentHandoff, last: Message | None) -> None:
        waiting = turn.conversation.handoff
        if waiting is not None and waiting.is_undecided:
            await self._remind(turn, handoff, waiting)
            return
        if _was_handed_over(turn.conversation, last):
            await self._say_so(turn, handoff)
            return
        command = RequestHandoff(
            conversation_id=turn.conversation.id,
            epoch=turn.conversation.controller.epoch,
            reason=handoff.reason,
            reason_detail=handoff.detail,
            summary=handoff.summary,
            skill=handoff.skill,
            tags=handoff.topics,
            turn=turn.lease.number,
        )
        try:
            await self._handoffs.request(turn.principal, command)
        except Conflict:  # the conversation has as many handoffs as are possible
            await self._say_so(turn, handoff)

    async def _remind(self, turn: _ClaimedTurn, handoff: AgentHandoff, waiting: Handoff) -> None:
        """Reply while a handoff waits for the shopper. Another request would begin none, so the shopper would see
        nothing."""
        words = catalog_for(turn.conversation.locale)
        if waiting.state is HandoffState.AWAITING_IDENTITY:
            settings = await self._handoffs.settings(turn.principal.account_id)
            by_email = settings.identity_policy is IdentityPolicy.EMAIL
            text = words.identity_email if by_email else words.identity_signed_in
        elif waiting.offer is not None and handoff.reason is EscalationReason.EXPLICIT_ASK:
            text = waiting.offer.text
        else:
            text = words.agent.unanswered
        await self._post(turn, AgentReply(text=text, skill=handoff.skill or GENERAL_SKILL))

    async def _say_so(self, turn: _ClaimedTurn, handoff: AgentHandoff) -> None:
        words = catalog_for(turn.conversation.locale).agent
        await self._post(turn, AgentReply(text=words.unanswered, skill=handoff.skill or GENERAL_SKILL))

    async def _release(self, turn: _ClaimedTurn) -> None:
        with suppress(Refusal, Unavailable, TimeoutError):
            async with asyncio.timeout(_RELEASING):
                await self._agent.turns.release(
                    turn.principal, ReleaseTurn(conversation_id=turn.conversation.id, turn=turn.lease.number)
                )


def _was_handed_over(conversation: Conversation, last: Message | None) -> bool:
    """Whether this very question led to a handoff, which the shopper declined, or from which it came back. The same
    offer again would be no reply; a new message of the shopper is a new question."""
    handoff = conversation.handoff
    return (
        handoff is not None and not handoff.is_undecided and last is not None and last.sent_at <= handoff.requested_at
    )


def _failure(detail: str) -> AgentHandoff:
    return AgentHandoff(reason=EscalationReason.AGENT_FAILURE, detail=detail)
