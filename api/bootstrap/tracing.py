"""The parts of the program that are replaced while requests are traced."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractContextManager
from functools import partial

from starlette.types import ASGIApp

from api.graphql.executor import GraphQLExecutor
from api.realtime.shared_stream import untraced
from api.server.errors import OperatorError
from api.settings import Settings
from api.watching.figures import version_of_baton
from api.watching.traces import TracedEntrance, TracedExecutor, TracedWork
from api.workers.loop import Around, unobserved
from domain.events import LoggedEvent
from domain.values.record import Record
from integrations.mongo.driver import Client
from integrations.mongo.storage.storage import MongoStorage


async def _close_nothing() -> None:
    return


class Tracing(Record):
    """By default, the parts as they are without traces."""

    storage: Callable[..., MongoStorage] = MongoStorage
    client: Callable[[Client], Client] | None = None
    executor: Callable[..., GraphQLExecutor] = GraphQLExecutor
    entrance: Callable[[ASGIApp, Collection[str]], ASGIApp] | None = None
    work: Around = unobserved
    close: Callable[[], Awaitable[None]] = _close_nothing


def frames_of(storage: MongoStorage) -> Callable[[LoggedEvent], AbstractContextManager[None]]:
    """Return what surrounds the making of an event's frame."""
    return getattr(storage, "frame", untraced)


def open_tracing(settings: Settings) -> Tracing:
    """Return the parts that the settings ask for. Raises `OperatorError` if packages are missing for them."""
    if settings.otlp_url is None:
        return Tracing()
    try:
        from integrations.tracing.mongo_client import TracedClient
        from integrations.tracing.spans import OtlpSpans, otlp_exporter
        from integrations.tracing.storage import TracedStorage
    except ImportError:
        raise OperatorError("BATON_OTLP_URL takes the extra `otel`: pip install 'baton[otel]'.") from None
    exporter = otlp_exporter(settings.otlp_url)
    spans = OtlpSpans(exporter=exporter, share=settings.trace_share, version=version_of_baton())
    return Tracing(
        storage=partial(TracedStorage, spans=spans),
        client=partial(TracedClient, spans=spans),
        executor=partial(TracedExecutor, spans=spans),
        entrance=partial(TracedEntrance, spans=spans),
        work=TracedWork(spans),
        close=spans.close,
    )
