"""Makes spans, and sends them to a collector by OTLP over HTTP.

A span has no text of an exception, which may quote what a shopper wrote: OpenTelemetry's own recording of exceptions is
switched off everywhere. The trace of a caller is linked, and not continued: otherwise strangers could decide what is
traced.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Link, SpanKind, StatusCode, format_trace_id

_EXPORT_SECONDS = 3  # for one request to the collector, with its repetitions
_CLOSE_SECONDS = 2.0  # at the end of the process, for what waits
_QUEUE = 2_048  # spans that wait for it; more are dropped
_BATCH = 512
_PAUSE = 5_000  # milliseconds between two exports
_CALLER = "baton.caller.trace_id"

Facts = Mapping[str, str | int]


class OpenSpan:
    """Implements `TraceSpan` of `api/watching/traces.py`."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self.is_open = True

    @property
    def trace_id(self) -> str:
        return format_trace_id(self._span.get_span_context().trace_id)

    def note(self, name: str, value: str | int) -> None:
        if self.is_open:
            self._span.set_attribute(name, value)

    def fail(self, reason: str) -> None:
        if self.is_open:
            self._span.set_attribute("error.type", reason)
            self._span.set_status(StatusCode.ERROR)

    def end(self) -> None:
        if self.is_open:
            self.is_open = False
            self._span.end()


# The library's own present span is looked up twenty times as slowly, and at each call to the database.
_present: ContextVar[OpenSpan | None] = ContextVar("span", default=None)


class OtlpSpans:
    """Implements `Spans` of `api/watching/traces.py`, for all parts of a process."""

    def __init__(self, *, exporter: SpanExporter, share: float, version: str) -> None:
        """`share`: of the requests, from 0 to 1, that are traced."""
        self._share = share
        resource = Resource.create({"service.name": "baton", "service.version": version})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(
            BatchSpanProcessor(
                exporter, max_queue_size=_QUEUE, max_export_batch_size=_BATCH, schedule_delay_millis=_PAUSE
            )
        )
        self.tracer = self._provider.get_tracer("baton")

    def begins(self) -> bool:
        return random.random() < self._share  # noqa: S311 - nobody gains by foreseeing it

    def is_traced(self) -> bool:
        present = _present.get()
        return present is not None and present.is_open

    @contextmanager
    def root(self, name: str, facts: Facts, *, caller: str | None = None, serves: bool = True) -> Iterator[OpenSpan]:
        facts = {**facts, _CALLER: caller} if caller else facts
        kind = SpanKind.SERVER if serves else SpanKind.INTERNAL
        with self.span(name, facts, kind=kind, context=Context()) as span:
            yield span

    @contextmanager
    def within(self, name: str, facts: Facts) -> Iterator[OpenSpan]:
        with self.span(name, facts) as span:
            yield span

    @contextmanager
    def span(
        self,
        name: str,
        facts: Facts | None = None,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        context: Context | None = None,
        links: Sequence[Link] = (),
    ) -> Iterator[OpenSpan]:
        """Begin a span for the duration of the block, within the present one or that of `context`."""
        with self.tracer.start_as_current_span(
            name,
            context,
            kind,
            facts,
            links,
            record_exception=False,
            set_status_on_exception=False,
            end_on_exit=False,
        ) as span:
            opened = OpenSpan(span)
            token = _present.set(opened)
            try:
                yield opened
            except Exception as error:
                opened.fail(type(error).__name__)
                raise
            finally:
                _present.reset(token)
                opened.end()

    async def close(self) -> None:
        """Send what waits, if the collector responds in time. What it does not take by then is lost."""
        ended, loop = asyncio.Event(), asyncio.get_running_loop()

        def shut_down() -> None:
            self._provider.shutdown()
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(ended.set)

        # A thread of its own, since the end of the loop would wait for one of asyncio's.
        threading.Thread(target=shut_down, name="last traces", daemon=True).start()
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await ended.wait()


def otlp_exporter(url: str) -> SpanExporter:
    """`url` is of a collector, without a path of its own."""
    return OTLPSpanExporter(endpoint=f"{url}/v1/traces", timeout=_EXPORT_SECONDS)
