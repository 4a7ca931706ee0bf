"""The commands of the AI agent. The agent writes under the epoch that it has read: after a change of control, its
message is kept as a draft and not shown."""

from __future__ import annotations

from decimal import Decimal

from domain.agent.turns import AgentTurnService
from domain.attachments.attaching import check_message, claim
from domain.conversation import lifecycle
from domain.conversation.aggregate import Change, load_conversation
from domain.conversation.commands import PostAgentMessage, Sent
from domain.conversation.errors import ConversationClosed, NotInControl, NotYourTurn
from domain.conversation.turns import drop_lease_timer, first_unanswered, held_lease, lease_of
from domain.events import EventType
from domain.idempotency import Result, run_once
from domain.model.account import Account
from domain.model.conversation import (
    Author,
    AuthorKind,
    ControllerKind,
    Conversation,
    Draft,
    Message,
    MessageKind,
    ProductCard,
)
from domain.principal import Permission, Principal
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Field, Invalid, NotFound, Refusal, within
from domain.values.ids import new_id
from domain.values.money import check_money
from domain.values.record import replace
from domain.values.text import check_label
from domain.values.urls import check_url

_MOST_TAGS = 50  # a conversation has a few topics; more are a mistake of the caller
_MOST_PRODUCTS = 20  # cards in one message: more than a chat window shows


class AgentService:
    """Posts the agent's messages. `turns` decides which of several agents replies."""

    def __init__(self, *, storage: Storage) -> None:
        self.turns = AgentTurnService(storage=storage)
        self._storage = storage

    async def post(self, principal: Principal, command: PostAgentMessage, key: str | None = None) -> Sent:
        """Add the agent's next message, which replies to its turn.

        Raises `NotInControl` if the epoch is over, `NotYourTurn` if the command names a claim that is over (in both
        cases the text is kept as a draft that staff can read), `ConversationClosed`, `NotFound`, `Invalid`, `Conflict`,
        `Forbidden`.
        """
        principal.require(Permission.SPEAK_AS_AGENT)
        principal.require_conversation(command.conversation_id)
        command = _checked(command)

        async def change(uow: UnitOfWork) -> Sent | Refusal:
            conversation = await load_conversation(uow, command.conversation_id)
            result = await run_once(
                uow, principal, key, command, lambda: _post(uow, conversation, command, principal.subject)
            )
            conversation = await load_conversation(uow, command.conversation_id)
            if "message" not in result:  # the draft is committed, so the refusal is returned and not raised
                return await _suppression(uow, conversation, by_turn="claim" in result)
            message = await uow.get(Message, result["message"])
            if message is None:
                raise NotFound("No such message.")
            return Sent(conversation=conversation, message=message)

        outcome = await self._storage.write(principal.account_id, change)
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome


async def _suppression(uow: UnitOfWork, conversation: Conversation, *, by_turn: bool) -> Refusal:
    if by_turn:
        return NotYourTurn(
            "This turn was answered already, or another agent has claimed it. The text was kept as a draft.",
            conversation=conversation,
            lease=await lease_of(uow, conversation),
            field="turn",
        )
    return NotInControl(
        "The agent no longer has this conversation. Its text was kept as a draft. Read the controller again.",
        controller=conversation.controller,
        field="epoch",
    )


async def _post(uow: UnitOfWork, conversation: Conversation, command: PostAgentMessage, owner: str) -> Result:
    controller = conversation.controller
    if command.epoch > controller.epoch:
        raise Invalid(
            "There is no such epoch yet. Write under the epoch of the controller that you have read.", field="epoch"
        )
    files = await claim(uow, command.attachments, owner=owner)
    if conversation.is_closed and command.epoch == controller.epoch:
        raise ConversationClosed("This conversation is closed.", field="conversation_id")
    if command.epoch < controller.epoch or controller.kind is not ControllerKind.AI_AGENT:
        return {"draft": _keep_draft(uow, command)}
    change = Change(uow, conversation)
    if command.turn is not None:
        try:
            held = await held_lease(uow, conversation, command.turn)
        except NotYourTurn:
            return {"draft": _keep_draft(uow, command), "claim": str(command.turn)}
        change.answer_turn(except_from=await first_unanswered(uow, conversation, held))
        drop_lease_timer(uow, held)
    account = await uow.get(Account, uow.account_id)
    change.conversation = lifecycle.label(conversation, skill=command.skill, tags=command.tags)
    message = change.add_message(
        Author(kind=AuthorKind.AI_AGENT, name=account.agent_name if account else "Assistant"),
        command.text,
        kind=MessageKind.PRODUCT_RECOMMENDATION if command.products else MessageKind.TEXT,
        products=command.products,
        attachments=files,
    )
    if command.products:
        change.record_business_event(EventType.PRODUCT_RECOMMENDED, at=message.sent_at, products=command.products)
    await change.commit()
    return {"message": message.id}


def _keep_draft(uow: UnitOfWork, command: PostAgentMessage) -> str:
    """Keep a text that is not shown. Returns the id of the draft."""
    draft = Draft(
        id=new_id(),
        conversation_id=command.conversation_id,
        text=command.text,
        epoch=command.epoch,
        written_at=uow.now,
        products=command.products,
    )
    uow.save(draft)
    return draft.id


def _checked(command: PostAgentMessage) -> PostAgentMessage:
    check_message(command.text, command.attachments, field="text")
    if len(command.tags) > _MOST_TAGS:
        raise Invalid(f"Give at most {_MOST_TAGS} tags with one message.", field="tags")
    if len(command.products) > _MOST_PRODUCTS:
        raise Invalid(f"Give at most {_MOST_PRODUCTS} products in one message.", field="products")
    return replace(
        command,
        skill=None if command.skill is None else check_label(command.skill, field="skill"),
        tags=tuple(check_label(t, field=("tags", str(i))) for i, t in enumerate(command.tags)),
        products=tuple(_checked_card(card, ("products", str(i))) for i, card in enumerate(command.products)),
    )


def _checked_card(card: ProductCard, field: Field) -> ProductCard:
    if card.price is not None:
        check_money(card.price, field=within(field, "price"), least=Decimal(0))
    return replace(
        card,
        product_id=check_label(card.product_id, field=within(field, "product_id")),
        title=check_label(card.title, field=within(field, "title"), limit=500),
        url=None if card.url is None else check_url(card.url, field=within(field, "url")),
        image_url=None if card.image_url is None else check_url(card.image_url, field=within(field, "image_url")),
        sku=None if card.sku is None else check_label(card.sku, field=within(field, "sku")),
    )
