"""One conversation with all its participants: shopper, agent, and staff.

    chat = await Chat.of(program, shop, email="ann@example.com")
    await chat.request()
    await chat.accept()
    payload = await chat.take(shop.support)

Each step returns the mutation's payload, also if it was refused. With `watched=False`, the payload has only `errors`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.model.conversation import Conversation
from resolvers.relay.global_ids import to_global_id
from tests.harness.program import Json, Program, Shop, Started


class Chat:
    """A conversation and the credentials of everybody in it."""

    def __init__(self, program: Program, started: Started, *, watched: bool) -> None:
        self.program = program
        self.started = started
        self.shop: Shop = started.shop
        self.id = started.id
        self._watched = watched

    @classmethod
    async def of(
        cls,
        program: Program,
        shop: Shop,
        *,
        channel: str = "WEB_CHAT",
        watched: bool = True,
        key: str | None = None,
        **visitor: str,
    ) -> Chat:
        arguments = {"channel": channel, "text": "Where is my order?", **({"visitor": visitor} if visitor else {})}
        payload = await program.mutate(key or shop.widget, "startConversation", **arguments)
        assert payload["errors"] == []
        started = Started(
            shop=shop,
            id=payload["conversation"]["id"],
            token=payload["visitorToken"],
            conversation=payload["conversation"],
            message=payload["message"],
        )
        return cls(program, started, watched=watched)

    async def do(self, key: str, name: str, /, **arguments: Any) -> Json:
        if self._watched:
            return await self.program.command(key, name, **arguments)
        return {"errors": await self.program.errors_of(key, name, **arguments)}

    async def row(self) -> Conversation:
        """The stored conversation."""
        found = await self.program.baton.services.storage.read(self.shop.id).get(Conversation, self.started.key)
        assert found is not None
        return found

    async def standing(self) -> str:
        """The states of handoff, controller, ticket and conversation, as one text."""
        now = await self.row()
        handoff, ticket = (part.state.value if part else "-" for part in (now.handoff, now.ticket))
        return f"{handoff} {now.controller.kind.value} {ticket} {now.status.value}"

    async def handoff_id(self) -> str:
        handoff = (await self.row()).handoff
        assert handoff is not None
        return to_global_id("Handoff", handoff.id)

    async def ticket_id(self) -> str:
        ticket = (await self.row()).ticket
        assert ticket is not None
        return to_global_id("Ticket", ticket.id)

    async def epoch(self) -> int:
        return (await self.row()).controller.epoch

    # Actions of the agent.

    async def request(self, **more: Any) -> Json:
        arguments = {"conversationId": self.id, "epoch": await self.epoch(), "reason": "KNOWLEDGE_GAP", **more}
        return await self.do(self.shop.agent, "requestHandoff", **arguments)

    async def post(self, **more: Any) -> Json:
        arguments = {"conversationId": self.id, "epoch": await self.epoch(), "text": "Gladly.", **more}
        return await self.do(self.shop.agent, "postAgentMessage", **arguments)

    # Actions of the shopper.

    async def say(self, text: str = "Hello?") -> Json:
        return await self.do(self.started.token, "sendMessage", conversationId=self.id, text=text)

    async def accept(self, **more: Any) -> Json:
        return await self._on_handoff("answerHandoffOffer", accept=True, **more)

    async def decline(self, **more: Any) -> Json:
        return await self._on_handoff("answerHandoffOffer", accept=False, **more)

    async def withdraw(self, **more: Any) -> Json:
        return await self._on_handoff("withdrawHandoff", **more)

    async def identify(self, **visitor: str) -> Json:
        arguments = visitor or {"email": "ann@example.com"}
        return await self.do(self.started.token, "identifyVisitor", conversationId=self.id, **arguments)

    async def leave(self) -> Json:
        return await self.do(self.started.token, "closeConversation", conversationId=self.id)

    # Actions of staff.

    async def take(self, key: str | None = None, **more: Any) -> Json:
        return await self.on_ticket("takeTicket", key, **more)

    async def release(self, key: str | None = None) -> Json:
        return await self.on_ticket("releaseTicket", key)

    async def give_back(self, key: str | None = None) -> Json:
        return await self.on_ticket("returnToAgent", key)

    async def close(self, key: str | None = None) -> Json:
        return await self.on_ticket("closeTicket", key)

    async def reopen(self, key: str | None = None) -> Json:
        return await self.on_ticket("reopenTicket", key)

    async def snooze(self, key: str | None = None, span: timedelta = timedelta(hours=1)) -> Json:
        return await self.on_ticket("snoozeTicket", key, until=(self.program.clock.now() + span).isoformat())

    async def reply(self, key: str | None = None, **more: Any) -> Json:
        arguments = {"conversationId": self.id, "text": "I am here.", **more}
        return await self.do(key or self.shop.support, "replyToConversation", **arguments)

    async def note(self, key: str | None = None, text: str = "Careful with this one.") -> Json:
        return await self.do(key or self.shop.support, "addNote", conversationId=self.id, text=text)

    async def on_ticket(self, name: str, key: str | None = None, /, **more: Any) -> Json:
        arguments = {"ticketId": await self.ticket_id(), **more}
        return await self.do(key or self.shop.support, name, **arguments)

    async def _on_handoff(self, name: str, **more: Any) -> Json:
        arguments = {"handoffId": await self.handoff_id(), **more}
        return await self.do(self.started.token, name, **arguments)


def codes(payload: Json) -> list[tuple[str, list[str] | None]]:
    """The code and path of each error of a payload."""
    return [(error["code"], error["path"]) for error in payload["errors"]]
