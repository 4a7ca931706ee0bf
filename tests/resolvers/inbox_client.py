"""A client of the inbox, as documented: a list that is updated from the stream."""

from __future__ import annotations

from typing import Any

from domain.values.ids import AccountId
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.program import Json, Program

_TICKET = """id state unread snoozedUntil waitingSince createdAt assignee { id name } conversation { ...Shown }"""
_SHOWN = """fragment Shown on Conversation {
  id version status displayName messageCount lastMessageAt tags controller { kind epoch staff { id } }
  handoff { id state } lastMessage { id sequence text kind }
}"""
_LIST = f"""query($view: InboxView!, $state: [TicketState!], $after: String) {{
inbox(view: $view, state: $state, first: 100, after: $after) {{
  totalCount streamCursor nodes {{ {_TICKET} }} pageInfo {{ hasNextPage endCursor }}
}} }} {_SHOWN}"""
_STREAM = f"""subscription($view: InboxView!, $state: [TicketState!]) {{ inbox(view: $view, state: $state) {{
  __typename
  ... on StreamItem {{ cursor }}
  ... on TicketAdded {{ ticket {{ {_TICKET} }} }}
  ... on TicketChanged {{ ticket {{ {_TICKET} }} }}
  ... on TicketRemoved {{ ticketId }}
  ... on MessageAdded {{ message {{ id sequence }} conversation {{ ...Shown }} }}
}} }} {_SHOWN}"""


class InboxClient:
    def __init__(
        self, program: Program, account_id: AccountId, key: str, view: str, *, states: tuple[str, ...] = ("OPEN",)
    ) -> None:
        self._program = program
        self._account_id = account_id
        self._key = key
        self._given = {"view": view, "state": list(states)}
        self._witness = ConsistencyChecker(program)
        self.tickets: dict[str, Json] = {}
        self._seen = 0  # its position in the log

    async def read(self) -> None:
        """Query the list again."""
        self.tickets, self._seen = await self._fresh()

    async def catch_up(self) -> None:
        """Apply the events after the client's position, as after any number of reconnects."""
        items = await self._witness.follow(self._key, _STREAM, self._given, after=self._seen)
        for item in items:
            self._apply(item)
            self._seen = self._witness.position(self._account_id, item["cursor"]).seq

    async def check(self) -> None:
        """Check that the list equals a fresh query."""
        await self.catch_up()
        fresh, _ = await self._fresh()
        assert self.tickets == fresh

    def _apply(self, item: Json) -> None:
        match item["__typename"]:
            case "TicketAdded":
                assert item["ticket"]["id"] not in self.tickets
                self.tickets[item["ticket"]["id"]] = item["ticket"]
            case "TicketChanged":
                assert item["ticket"]["id"] in self.tickets
                self.tickets[item["ticket"]["id"]] = item["ticket"]
            case "TicketRemoved":
                del self.tickets[item["ticketId"]]
            case "MessageAdded":
                [ticket] = [t for t in self.tickets.values() if t["conversation"]["id"] == item["conversation"]["id"]]
                ticket["conversation"] = item["conversation"]
            case other:
                raise AssertionError(other)

    async def _fresh(self) -> tuple[dict[str, Json], int]:
        tickets: dict[str, Json] = {}
        given: dict[str, Any] = dict(self._given)
        while True:
            page = (await self._program.data(self._key, _LIST, **given))["inbox"]
            tickets |= {ticket["id"]: ticket for ticket in page["nodes"]}
            if not page["pageInfo"]["hasNextPage"]:
                assert page["totalCount"] == len(tickets)
                return tickets, self._witness.position(self._account_id, page["streamCursor"]).seq
            given["after"] = page["pageInfo"]["endCursor"]
