"""An agent from outside, as a process of its own: it knows the address of the API, a key, and nothing of Baton.

    python outside_agent.py URL KEY NAME [PAUSE …]

It polls for turns, claims one, shows its text as it grows, and posts it. It reports each step as a line, and before a
step of PAUSE it waits for a line of input.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from typing import Any

_TURNS = "{ agentTurns(first: 20) { nodes { conversation { id } } } }"
_CLAIM = """mutation($input: AgentTurnInput!) { claimAgentTurn(input: $input) {
  turn { epoch lease { number } messages { text } } errors { code } } }"""
_SHOW = "mutation($input: StreamAgentMessageInput!) { streamAgentMessage(input: $input) { errors { code } } }"
_POST = "mutation($input: PostAgentMessageInput!) { postAgentMessage(input: $input) { errors { code } } }"


class OutsideAgent:
    def __init__(self, url: str, key: str, name: str, pauses: list[str]) -> None:
        self._url, self._key, self._name, self._pauses = url, key, name, pauses

    def run(self) -> None:
        """Work until the input ends."""
        self._say("ready", "")
        while True:
            for turn in self._ask(_TURNS)["agentTurns"]["nodes"]:
                self._work_on(turn["conversation"]["id"])
            time.sleep(0.02)

    def _work_on(self, conversation_id: str) -> None:
        turn = self._command(_CLAIM, conversationId=conversation_id, seconds=30)["turn"]
        if turn is None:
            return  # another agent has it
        self._say("claimed", conversation_id)
        lines = " ".join(message["text"] for message in turn["messages"])
        given = {"conversationId": conversation_id, "epoch": turn["epoch"], "turn": turn["lease"]["number"]}
        text = f"{self._name} read: {lines}"
        self._command(_SHOW, **given, text=text[: len(text) // 2])
        self._say("showed", conversation_id)
        errors = self._command(_POST, **given, text=text)["errors"]
        self._say("posted" if not errors else errors[0]["code"], conversation_id)

    def _command(self, document: str, **given: object) -> dict[str, Any]:
        [payload] = self._ask(document, input=given).values()
        found: dict[str, Any] = payload
        return found

    def _ask(self, document: str, **variables: object) -> dict[str, Any]:
        body = json.dumps({"query": document, "variables": variables}).encode()
        headers = {"authorization": f"Bearer {self._key}", "content-type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self._url, body, headers), timeout=60) as response:
            answer: dict[str, Any] = json.load(response)["data"]
        return answer

    def _say(self, step: str, conversation_id: str) -> None:
        print(step, conversation_id, flush=True)  # noqa: T201 - to the test
        if step in self._pauses and not sys.stdin.readline():
            sys.exit()


if __name__ == "__main__":
    OutsideAgent(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]).run()
