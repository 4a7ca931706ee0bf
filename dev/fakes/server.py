"""Base class of all fakes: an HTTP server on loopback that records requests and injects faults.

    class Zendesk(Fake):
        name = "zendesk"
        def routes(self) -> list[Route]: ...

    async with serving(Zendesk()) as url: ...

Every request is validated against the vendor's contract if there is one; `serving` fails at its end if one violated it.
Over HTTP, `GET /_fake` shows the requests, `POST /_fake/faults` adds faults, and `DELETE /_fake` deletes both.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any, ClassVar, cast

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.server.abort import AbortableHTTP, abort
from dev.fakes.faults import Fault, Faults, Kind, Received, responding
from dev.fakes.prompt_server import PromptServer
from dev.vendor_contracts import Contract


class Fake:
    """One vendor. `routes` are the vendor's endpoints; `state` is shown at /_fake."""

    name: ClassVar[str]

    def __init__(self, *, contract: Contract | None = None) -> None:
        self.received: list[Received] = []
        self.faults = Faults()
        self.violations: list[str] = []
        self._contract = contract
        self._vendor: ASGIApp = Starlette(routes=self.routes())
        self._control: ASGIApp = Starlette(
            routes=[
                Route("/_fake", self._show, methods=["GET"]),
                Route("/_fake", self._clear, methods=["DELETE"]),
                Route("/_fake/faults", self._add_fault, methods=["POST"]),
                *self.control_routes(),
            ]
        )

    def routes(self) -> list[Route]:
        raise NotImplementedError

    def control_routes(self) -> list[Route]:
        """Further endpoints for the operator, under /_fake/."""
        return []

    @staticmethod
    async def order(request: Request) -> dict[str, Any]:
        """Return the JSON object in which the operator says what to send to Baton. Raises `HTTPException` (400) if it
        names no webhook."""
        order: dict[str, Any] = await request.json()
        if not str(order.get("webhook")).startswith("http"):
            raise HTTPException(400, "`webhook` is no address: connect this service to Baton, and give its webhookUrl.")
        return order

    def state(self) -> object:
        return {}

    def is_download(self, received: Received) -> bool:
        """Whether a request is for a file, which the contracts of APIs do not describe."""
        return False

    def calls(self, prefix: str = "") -> list[Received]:
        """The requests whose "METHOD /path" begins with `prefix`."""
        return [received for received in self.received if received.call.startswith(prefix)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"].startswith("/_fake"):
            await self._control(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        received = Received(
            method=request.method,
            path=request.url.path,
            query=dict(request.query_params),
            headers=dict(request.headers),
            body=body,
        )
        self.received.append(received)
        if self._contract is not None and not self.is_download(received):
            self.violations += self._contract.violations(received)
        await self._respond(received, scope, receive, send)

    async def _respond(self, received: Received, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self.faults.take(received)
        response = await self._execute(received, scope) if fault is None or fault.executes else None
        if fault is None:
            assert response is not None
            await response(scope, receive, send)
        elif fault.kind in (Kind.CUT_BEFORE, Kind.CUT_AFTER):
            abort(scope)
        elif fault.kind in (Kind.SILENT_BEFORE, Kind.SILENT_AFTER):
            while (await receive())["type"] != "http.disconnect":
                pass
        elif fault.kind is Kind.SLOW:
            assert response is not None
            await asyncio.sleep(fault.seconds)
            await response(scope, receive, send)
        else:
            status = response.status_code if response is not None else fault.status
            headers = {"content-type": "application/json"} if response is not None else dict(fault.headers)
            await Response(fault.body, status_code=status, headers=headers)(scope, receive, send)

    async def _execute(self, received: Received, scope: Scope) -> Response:
        """Execute the request and return the response without sending it."""
        messages: list[Message] = []

        async def replay() -> Message:
            return {"type": "http.request", "body": received.body, "more_body": False}

        async def collect(message: Message) -> None:
            messages.append(message)

        await self._vendor(dict(scope), replay, collect)
        start, *rest = messages
        response = Response(b"".join(m.get("body", b"") for m in rest), status_code=start["status"])
        response.raw_headers = [(k, v) for k, v in start["headers"] if k.lower() != b"content-length"]
        response.raw_headers.append((b"content-length", str(len(response.body)).encode()))
        return response

    async def _show(self, _: Request) -> JSONResponse:
        calls = [
            {"call": r.call, "query": dict(r.query), "body": r.body.decode(errors="replace")} for r in self.received
        ]
        return JSONResponse({"name": self.name, "state": self.state(), "received": calls})

    async def _clear(self, _: Request) -> JSONResponse:
        self.received.clear()
        self.faults.clear()
        return JSONResponse({"cleared": True})

    async def _add_fault(self, request: Request) -> JSONResponse:
        """{"kind": "cut_after", "on": "POST /api/v2/tickets*", "times": 1, "status": …, "seconds": …, "body": …}"""
        try:
            order: dict[str, Any] = json.loads(await request.body())
            kind = Kind(order["kind"])
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"error": f"kind must be one of {', '.join(Kind)}."}, status_code=400)
        fault = Fault(kind=kind, seconds=float(order.get("seconds", 0)))
        if kind is Kind.RESPONSE:
            fault = responding(int(order.get("status", 503)), order.get("body"), headers=order.get("headers"))
        self.faults.add(fault, on=order.get("on", "*"), times=int(order.get("times", 1)))
        return JSONResponse({"added": {k: v for k, v in asdict(fault).items() if k not in ("body", "headers")}})


@asynccontextmanager
async def listening(app: ASGIApp, *, port: int = 0) -> AsyncIterator[str]:
    """Run a server on loopback. Yields its URL."""
    config = uvicorn.Config(
        cast("Any", app),
        http=AbortableHTTP,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    config.load()
    server = PromptServer(config)
    server.lifespan = config.lifespan_class(config)
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        await server.startup(sockets=[listener])
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            await server.shutdown(sockets=[listener])


@asynccontextmanager
async def serving(fake: Fake, *, port: int = 0) -> AsyncIterator[str]:
    """Run a fake. Yields its URL; fails at the end if a request violated the vendor's contract."""
    async with listening(fake, port=port) as url:
        yield url
    assert fake.violations == [], f"requests that violate the contract of {fake.name}"
