"""The reference pages say what the code does: settings, codes, limits."""

from __future__ import annotations

import re

import pytest

from api.cli.generated import settings_page
from api.export.stream import STALLED_SECONDS
from api.graphql.cost import prices
from api.graphql.cost.budget import BudgetSettings
from api.graphql.limits import Limits, SocketLimits
from api.graphql.websocket.close_codes import CloseCode
from domain.principal import Scope, StaffRole
from domain.values.errors import ErrorCode
from tests.docs.pages import ROOT

ERRORS = (ROOT / "docs/reference/errors.md").read_text()
AUTH = (ROOT / "docs/reference/auth.md").read_text()
LIMITS = (ROOT / "docs/reference/limits.md").read_text()
_QUOTED_CODE = re.compile(r'"([A-Z]+(?:_[A-Z]+)+|INTERNAL|TIMEOUT|UNAUTHENTICATED|UNAVAILABLE)"')


def test_settings_are_those_of_the_class() -> None:
    committed = (ROOT / "docs/reference/settings.md").read_text()
    assert committed == settings_page(), "`make settings` writes the page again."


def error_codes() -> set[str]:
    in_code = {
        code
        for path in [
            *(ROOT / "api").glob("*.py"),
            *(ROOT / "api/graphql").rglob("*.py"),
            *(ROOT / "api/export").rglob("*.py"),
        ]
        for code in _QUOTED_CODE.findall(path.read_text())
    }
    return {*in_code, *(code.value for code in ErrorCode)}


def test_every_error_code_is_listed() -> None:
    assert sorted(code for code in error_codes() if f"`{code}`" not in ERRORS) == []


@pytest.mark.parametrize("code", CloseCode, ids=lambda code: code.name)
def test_every_close_code_is_listed(code: CloseCode) -> None:
    assert re.search(rf"\b{code.value}\b", ERRORS)


def test_limits_are_those_of_the_code() -> None:
    """A limit that changes is changed here and on the page."""
    request, socket, budget = Limits(), SocketLimits(), BudgetSettings()
    writes = budget.writes
    written = {
        "body | 1 MiB": request.body_bytes == 1 << 20,
        "without a credential | 64 KiB, 8 KiB": (
            (request.anonymous_body_bytes, request.anonymous_document_bytes) == (64 << 10, 8 << 10)
        ),
        "levels of lists and objects in the variables | 50": request.value_depth == 50,
        "in one list of them | 2,000; 1,000": (request.values, request.list_values) == (2_000, 1_000),
        "cost of 100,000 a second, and ten times": (budget.key_rate, budget.burst_seconds) == (100_000, 10),
        "each public address instead: 20,000 a second": budget.address_rate == 20_000,
        "may spend a quarter at most": budget.visitor_share == 0.25,
        "100 subscriptions at once together, any other credential 5,000": (
            (budget.visitor_subscriptions, budget.key_subscriptions) == (100, 5_000)
        ),
        "with a publishable key | 30 | 120 | 600": (
            (writes.browser_starts, writes.address_starts, writes.account_starts) == (30, 120, 600)
        ),
        "but `setTyping` | 600 | 3,000 | 30,000": (
            (writes.browser_messages, writes.address_messages, writes.account_messages) == (600, 3_000, 30_000)
        ),
        "`createUpload` with a visitor token | 30 | 300 | 3,000": (
            (writes.browser_uploads, writes.address_uploads, writes.account_uploads) == (30, 300, 3_000)
        ),
        "tokens of a document | 5,000": request.tokens == 5_000,
        "depth | 20": request.depth == 20,
        "fields, fragments expanded | 1,000": request.fields == 1_000,
        "in one selection | 50": request.repeats == 50,
        "aliases | 50": request.aliases == 50,
        "characters of an alias | 100": request.alias_characters == 100,
        "root fields | 20": request.root_fields == 20,
        "one and the same list | 10": request.root_lists == 10,
        "all segments | 3; 20": (request.searches, request.conditions) == (3, 20),
        "Of the subscriptions, 20 may watch a report": budget.reports == 20,
        "costs more than 20 waits for a": budget.light_event == 20,
        "a quarter of the caller's": budget.live_share == 0.25,
        "takes nothing | ended after 5 s": STALLED_SECONDS == 5,
        "directives | 50": request.directives == 50,
        "objects that an operation may return | 20,000": request.nodes == 20_000,
        "cost of an operation | 30,000": request.cost == 30_000,
        "each list with pages | 10,": prices.READ == 10,
        "each `totalCount` | 20; 200 in": (prices.COUNT, prices.CONDITION) == (20, 200),
        "conversations | 500": prices.SEARCH == 500,
        "condition of a segment | 200": prices.CONDITION == 200,
        "numbers within it | 200": prices.REPORT == 200,
        "each mutation | 50": prices.WRITE == 50,
        "`__type` | 10,000; 500": (prices.INTROSPECTION, prices.TYPE_INTROSPECTION) == (10_000, 500),
        "receive the body | 10 s": request.seconds == 10,
        "inbound message | 64 KiB": socket.frame_bytes == 64 << 10,
        "operations at once | 50": socket.operations == 50,
        "`connection_init` | within 5 s": socket.init_seconds == 5,
        "50 per second, 200 in a burst": (socket.messages_per_second, socket.messages_burst) == (50, 200),
        "1 MiB or 512 frames": (socket.queue_bytes, socket.queue_frames) == (1 << 20, 512),
        "one write | 15 s": socket.send_seconds == 15,
        "75 s (the server pings every 25 s)": (socket.idle_seconds, socket.ping_seconds) == (75, 25),
        "4 hours, ±10 %": (socket.lifetime_seconds, socket.jitter) == (4 * 3600, 0.1),
    }
    assert [text for text, holds in written.items() if not holds or text not in LIMITS] == []


def test_every_role_and_scope_is_listed() -> None:
    assert [scope.value for scope in Scope if f"`{scope.value}`" not in AUTH] == []
    assert [role.value for role in StaffRole if role.value not in AUTH] == []


def test_every_logger_leads_to_its_package() -> None:
    """CONTRIBUTING.md says in which packages the code behind a log line is."""
    written = {
        (name, package)
        for line in (ROOT / "CONTRIBUTING.md").read_text().splitlines()
        if line.startswith("| `baton.")
        for name in re.findall(r"`(baton\.\w+)`", line.split("|")[1])
        for package in re.findall(r"`([\w/]+)`", line.split("|")[2])
    }
    used = {
        (name, "/".join(path.relative_to(ROOT).parts[:2]))
        for folder in ("api", "domain", "integrations", "resolvers")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r'getLogger\("(baton\.\w+)', path.read_text())
    }
    assert written == used


def test_every_scalar_of_our_own_is_listed() -> None:
    page = (ROOT / "docs/guides/clients.md").read_text()
    scalars = re.findall(r"^scalar (\w+)", (ROOT / "schema.graphql").read_text(), re.MULTILINE)
    assert [name for name in scalars if f"| `{name}` |" not in page] == []
