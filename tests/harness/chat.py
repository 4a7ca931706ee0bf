"""One conversation with everybody who has a part in it: shopper, agent, and the support team.

    chat = await Chat.of(program, shop, email="ann@example.com")
    await chat.request()
    await chat.yes()
    payload = await chat.take(shop.support)

Each step answers the mutation's payload, refused or not; of one that is not watched, only its errors.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.model.conversation import Conversation
from resolvers.relay.global_ids import to_global_id
from tests.harness.program import Json, Program, Shop, Started


class Chat:
    def __init__(self, program: Program, started: Started, *, watched: bool) -> None:
        self.program = program
        self.started = started
        self.shop: Shop = started.shop
        self.id = started.id
        self._watched = watched

    @classmethod
    async def of(
        cls, program: Program, shop: Shop, *, channel: str = "WEB_CHAT", watched: bool = True, **visitor: str
    ) -> Chat:
        given = {"channel": channel, "text": "Where is my order?", **({"visitor": visitor} if visitor else {})}
        payload = await program.mutate(shop.widget, "startConversation", **given)
        assert payload["errors"] == []
        started = Started(
            shop=shop,
            id=payload["conversation"]["id"],
            token=payload["visitorToken"],
            conversation=payload["conversation"],
            message=payload["message"],
        )
        return cls(program, started, watched=watched)

    async def do(self, key: str, name: str, /, **given: Any) -> Json:
        if self._watched:
            return await self.program.command(key, name, **given)
        return {"errors": await self.program.errors_of(key, name, **given)}

    async def row(self) -> Conversation:
        """As the database has it."""
        found = await self.program.baton.services.storage.read(self.shop.id).get(Conversation, self.started.key)
        assert found is not None
        return found

    async def standing(self) -> str:
        """The handoff's state, who has the conversation, the ticket's state, and the conversation's status."""
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

    # the agent

    async def request(self, **more: Any) -> Json:
        given = {"conversationId": self.id, "epoch": await self.epoch(), "reason": "KNOWLEDGE_GAP", **more}
        return await self.do(self.shop.agent, "requestHandoff", **given)

    async def post(self, **more: Any) -> Json:
        given = {"conversationId": self.id, "epoch": await self.epoch(), "text": "Gladly.", **more}
        return await self.do(self.shop.agent, "postAgentMessage", **given)

    # the shopper

    async def say(self, text: str = "Hello?") -> Json:
        return await self.do(self.started.token, "sendMessage", conversationId=self.id, text=text)

    async def yes(self, **more: Any) -> Json:
        return await self._on_handoff("answerHandoffOffer", accept=True, **more)

    async def no(self, **more: Any) -> Json:
        return await self._on_handoff("answerHandoffOffer", accept=False, **more)

    async def withdraw(self, **more: Any) -> Json:
        return await self._on_handoff("withdrawHandoff", **more)

    async def identify(self, **visitor: str) -> Json:
        given = visitor or {"email": "ann@example.com"}
        return await self.do(self.started.token, "identifyVisitor", conversationId=self.id, **given)

    async def leave(self) -> Json:
        return await self.do(self.started.token, "closeConversation", conversationId=self.id)

    # the team

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
        given = {"conversationId": self.id, "text": "I am here.", **more}
        return await self.do(key or self.shop.support, "replyToConversation", **given)

    async def note(self, key: str | None = None, text: str = "Careful with this one.") -> Json:
        return await self.do(key or self.shop.support, "addNote", conversationId=self.id, text=text)

    async def on_ticket(self, name: str, key: str | None = None, /, **more: Any) -> Json:
        given = {"ticketId": await self.ticket_id(), **more}
        return await self.do(key or self.shop.support, name, **given)

    async def _on_handoff(self, name: str, **more: Any) -> Json:
        given = {"handoffId": await self.handoff_id(), **more}
        return await self.do(self.started.token, name, **given)


def codes(payload: Json) -> list[tuple[str, list[str] | None]]:
    """Why it was refused: code and path of each error."""
    return [(error["code"], error["path"]) for error in payload["errors"]]
