"""Draws the comparisons as horizontal bars, in one SVG without a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from benchmarks.peers.fleet import BATON
from benchmarks.peers.sending import MANY, ONE, TRANSACTIONS

_WIDTH, _LABELS, _VALUES, _BAR, _GAP, _TITLE, _MARGIN = 760, 190, 110, 16, 6, 34, 16  # pixels
_OURS, _THEIRS, _TEXT, _GROUND = "#0b7285", "#adb5bd", "#212529", "#ffffff"
_PANELS = (
    ("page", "rate", "Page of 50: requests a second"),
    ("row", "rate", "Page of one row: requests a second"),
    ("again", "rate", "The same page again: requests a second"),
    ("single", "rate", "Conversation with 20 messages: requests a second"),
    ("fanout1000", "capacity", "Inbox fan-out, 1,000 sockets: deliveries a second of processor time"),
)


def svg(figures: Mapping[str, float]) -> str:
    """Return the picture of all panels that have figures."""
    panels = [(title, _bars(figures, work, kind)) for work, kind, title in _PANELS]
    sending = [(name, figures[f"{name}.rate"]) for name in (ONE, MANY, TRANSACTIONS) if f"{name}.rate" in figures]
    panels.append(("sendMessage, 64 connections: commands a second", sending))
    parts, top = [], _MARGIN
    for title, bars in panels:
        if bars:
            parts.append(_panel(title, bars, top))
            top += _TITLE + len(bars) * (_BAR + _GAP) + _MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{top}" viewBox="0 0 {_WIDTH} {top}" '
        f'font-family="sans-serif" font-size="13" fill="{_TEXT}" role="img" aria-label="Baton and its peers">'
    )
    ground = f'<rect width="{_WIDTH}" height="{top}" fill="{_GROUND}"/>'
    return "\n".join([head, ground, *parts, "</svg>", ""])


def _bars(figures: Mapping[str, float], work: str, kind: str) -> list[tuple[str, float]]:
    """Return name and value of each server, the fastest first."""
    begin, end = f"{work}.", f".{kind}"
    found = [
        (key.removeprefix(begin).removesuffix(end), value)
        for key, value in figures.items()
        if key.startswith(begin) and key.endswith(end)
    ]
    return sorted(found, key=lambda bar: -bar[1])


def _panel(title: str, bars: Sequence[tuple[str, float]], top: int) -> str:
    most = max(value for _, value in bars)
    lines = [f'<text x="{_MARGIN}" y="{top + 16}" font-weight="bold">{escape(title)}</text>']
    for number, (name, value) in enumerate(bars):
        y = top + _TITLE + number * (_BAR + _GAP)
        width = max(1.0, value / most * (_WIDTH - _LABELS - _VALUES - 2 * _MARGIN))
        colour = _OURS if name in (BATON, ONE, MANY) else _THEIRS
        x, base = _MARGIN + _LABELS, y + 13
        lines.append(f'<text x="{x - 8}" y="{base}" text-anchor="end">{escape(name)}</text>')
        lines.append(f'<rect x="{x}" y="{y}" width="{width:.1f}" height="{_BAR}" rx="2" fill="{colour}"/>')
        lines.append(f'<text x="{x + width + 6:.1f}" y="{base}">{value:,.0f}</text>')
    return "\n".join(lines)
