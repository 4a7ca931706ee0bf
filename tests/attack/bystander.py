"""An honest caller beside an attack, as a process of its own: four kinds of requests, each on a schedule.

    python -m tests.attack.bystander '{"port": 8000, "key": "bsk_…", "talks": [["id", "token"]]}'

It ends when its standard input does, and prints one JSON list of `[kind, due, seconds, status]`. Requests that were due
while the connection waited are not sent, and count as if they had waited until the same moment. So one long wait is not
one sample only, and does not delay what comes after it.
"""

from __future__ import annotations

import http.client
import itertools
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

EVERY = 0.05  # seconds between two requests of a kind
EVERY_SEND = 0.25  # an account's shoppers together; all within the limits of a busy shop
_TIMEOUT = 30.0
_QUERY = "{ account { name } conversations(first: 5) { nodes { id status lastMessage { text } } } }"
_SEND = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } errors { message } } }"

Sample = tuple[str, float, float, int]  # kind; when it was due, by the monotonic clock; seconds; status, 0: none
Request = tuple[str, str, bytes | None, dict[str, str]]  # method, path, body, headers


class Caller(threading.Thread):
    """One keep-alive connection with one kind of request."""

    def __init__(self, kind: str, port: int, every: float, request: Callable[[], Request]) -> None:
        super().__init__(daemon=True)
        self.samples: list[Sample] = []
        self.over = threading.Event()
        self._kind, self._port, self._every, self._request = kind, port, every, request

    def run(self) -> None:
        connection = self._connection()
        due = time.monotonic()
        while not self.over.wait(max(0.0, due - time.monotonic())):
            status = self._status(connection)
            ended = time.monotonic()
            while due < ended:  # the requests that were due meanwhile would have waited as well, on other connections
                self.samples.append((self._kind, due, ended - due, status))
                due += self._every
            if status == 0:
                connection.close()
                connection = self._connection()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT)

    def _status(self, connection: http.client.HTTPConnection) -> int:
        method, path, body, headers = self._request()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            return 0
        # A refusal of GraphQL comes with 200.
        refused = body is not None and (b'"errors":[{' in content or b'"data":null' in content)
        return 500 if refused and response.status == 200 else response.status


def _graphql(key: str, document: str, **variables: Any) -> Request:
    headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
    return "POST", "/graphql", json.dumps({"query": document, "variables": variables}).encode(), headers


def _sends(talks: list[list[str]]) -> Iterator[Request]:
    for number, (conversation, token) in enumerate(itertools.cycle(talks)):
        yield _graphql(token, _SEND, input={"conversationId": conversation, "text": f"Message {number}"})


def main() -> None:
    given = json.loads(sys.argv[1])
    port, sends = given["port"], _sends(given["talks"])
    callers = [
        Caller("query", port, EVERY, lambda: _graphql(given["key"], _QUERY)),
        Caller("send", port, EVERY_SEND, lambda: next(sends)),
        Caller("healthz", port, EVERY, lambda: ("GET", "/healthz", None, {})),
        Caller("readyz", port, EVERY, lambda: ("GET", "/readyz", None, {})),
    ]
    for caller in callers:
        caller.start()
    sys.stdin.read()
    for caller in callers:
        caller.over.set()
    for caller in callers:
        caller.join(_TIMEOUT)
    json.dump([sample for caller in callers for sample in list(caller.samples)], sys.stdout)


if __name__ == "__main__":
    main()
