"""The goals of performance beside what was measured. Each is a ratio within one run, or a bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.peers.fanout import FROM_COMMIT
from benchmarks.peers.fleet import BARE, BATON, BROADCAST, GRAPHQL_WS, JIT, MERCURIUS, STOCK
from benchmarks.peers.part import FULL
from benchmarks.peers.sending import MANY, ONE, TRANSACTIONS
from benchmarks.report import Table

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    work: str
    goal: str
    value: Callable[[Figures], float]
    met: Callable[[float], bool]
    unit: str = ""


def _ratio(work: str, goal: str, ours: str, theirs: str, least: float) -> Goal:
    return Goal(work=work, goal=goal, value=lambda f: f[ours] / f[theirs], met=lambda v: v >= least, unit=" ×")


def _at_most(work: str, goal: str, key: str, most: float, unit: str) -> Goal:
    return Goal(work=work, goal=goal, value=lambda f: f[key], met=lambda v: v <= most, unit=unit)


def _faster(work: str, title: str, least: Mapping[str, float]) -> list[Goal]:
    return [
        _ratio(title, f"≥ {ratio:g} × {peer}", f"{work}.{BATON}.rate", f"{work}.{peer}.rate", ratio)
        for peer, ratio in least.items()
    ]


def _wider(work: str, title: str, least: Mapping[str, float]) -> list[Goal]:
    return [
        _ratio(title, f"≥ {ratio:g} × {peer}", f"{work}.{BATON}.capacity", f"{work}.{peer}.capacity", ratio)
        for peer, ratio in least.items()
    ]


def goals() -> list[Goal]:
    fanout = {STOCK: 30, GRAPHQL_WS: 5, MERCURIUS: 5, BROADCAST: 0.8}
    found = _faster("page", "page of 50", {JIT: 2.3, STOCK: 12, BARE: 1})
    p99 = Goal(
        work="page of 50",
        goal="p99 ≤ 1/8 of stock's",
        value=lambda f: f[f"page.{BATON}.p99"] / f[f"page.{STOCK}.p99"],
        met=lambda v: v <= 1 / 8,
        unit=" ×",
    )
    found += [p99, *_faster("row", "page of one row", {STOCK: 10, JIT: 0.9})]
    found += _faster("again", "the same page again", {BARE: 5})
    for count in FULL.sockets:
        title = f"fan-out, {count:,} sockets"
        found += _wider(f"fanout{count}", title, fanout)
        if count > FULL.sockets[0]:  # a few sockets show what the server keeps anyway
            found.append(_at_most(title, "≤ 30 KB a socket", f"fanout{count}.{BATON}.kb", 30, " KB"))
    found += _wider("shared", f"{FULL.shared} sockets over {FULL.accounts} accounts", {GRAPHQL_WS: 2})
    found.append(_at_most("commit → frame, half load", "p99 < 20 ms", f"latency.{FROM_COMMIT}.p99", 20, " ms"))
    waiting = "sendMessage with 1,000 inbox sockets"
    found.append(_at_most(waiting, "p50 ≤ 1.5 × that with none", "waiting.ratio", 1.5, " ×"))
    found += _sending()
    storm = "storm of 2,000 reconnects"
    found.append(_at_most(storm, "p99 of others < 100 ms", "storm.p99", 100, " ms"))
    found.append(_at_most(storm, "each event read once: ≤ 0.1 reads a socket", "storm.reads", 0.1, ""))
    return found


def _sending() -> list[Goal]:
    title = f"sendMessage, {FULL.connections} connections"
    found = [_ratio(title, "≥ 1 × bare transactions", f"{ONE}.rate", f"{TRANSACTIONS}.rate", 1)]
    found.append(_ratio(MANY, "≥ 0.7 × one account", f"{MANY}.rate", f"{ONE}.rate", 0.7))
    for count in (2, 4):
        processes = f"{count} processes"
        found.append(_ratio(f"{processes}, one account", "≥ 0.9 × one", f"{ONE}.{count}.rate", f"{ONE}.1.rate", 0.9))
        found.append(
            Goal(
                work=f"{processes}, many accounts",
                goal="CPU a command ≤ that of one (within 5 %)",
                value=lambda f, count=count: f[f"{MANY}.{count}.cpu"] / f[f"{MANY}.1.cpu"],  # type: ignore[misc]
                met=lambda v: v <= 1.05,
                unit=" ×",
            )
        )
    found.append(_at_most("sendMessage alone", "≤ 6 commands to MongoDB", "sendMessage.commands", 6, ""))
    found.append(_at_most("startConversation alone", "≤ 10 commands to MongoDB", "startConversation.commands", 10, ""))
    return found


def table(figures: Figures) -> Table:
    rows = []
    for goal in goals():
        try:
            value = goal.value(figures)
        except KeyError:
            rows.append((goal.work, goal.goal, "–", "not measured"))
            continue
        rows.append((goal.work, goal.goal, f"{value:.3g}{goal.unit}", "met" if goal.met(value) else "**not met**"))
    return Table(
        title="Goals",
        note="Baton with authentication, limits and log on; the peers without any of them. Every ratio is of one run.",
        head=("work", "goal", "measured", ""),
        rows=rows,
    )
