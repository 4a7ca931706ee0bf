"""A page in Chromium, on this machine or slowed down to a phone, and the time that it spends."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Processor and network, the latter as the presets of Chromium's developer tools have them."""

    name: str
    slower: int = 1  # times
    latency: float = 0  # milliseconds
    bits: float = 0  # a second; 0: no limit


MACHINE = Conditions(name="this machine")
FAST_4G = Conditions(name="phone, fast 4G", slower=4, latency=165, bits=8.1e6)
SLOW_4G = Conditions(name="phone, slow 4G", slower=4, latency=562.5, bits=1.44e6)


async def slow_down(session: CDPSession, conditions: Conditions) -> None:
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    throughput = conditions.bits / 8 or -1
    await session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": conditions.latency,
            "downloadThroughput": throughput,
            "uploadThroughput": throughput,
        },
    )
    await session.send("Emulation.setCPUThrottlingRate", {"rate": conditions.slower})


async def clicked(page: Page, selector: str, drawn: str) -> float:
    """Click, and return the milliseconds until the frame after which the condition, a JavaScript expression, holds."""
    took: float = await page.evaluate(
        f"""(selector) => new Promise((resolve) => {{
          const began = performance.now();
          const look = () => {{
            if (!({drawn})) return requestAnimationFrame(look);
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
          }};
          document.querySelector(selector).click();
          look();
        }})""",
        selector,
    )
    return took


class Spent:
    """The milliseconds that a page has spent, by kind."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    @classmethod
    async def of(cls, page: Page) -> Spent:
        session = await page.context.new_cdp_session(page)
        await session.send("Performance.enable")
        return cls(session)

    async def now(self) -> dict[str, float]:
        metrics: Sequence[dict[str, Any]] = (await self._session.send("Performance.getMetrics"))["metrics"]
        found = {metric["name"]: metric["value"] * 1000 for metric in metrics}
        layout = found["LayoutDuration"] + found["RecalcStyleDuration"]
        return {"script": found["ScriptDuration"], "layout": layout, "tasks": found["TaskDuration"]}


def middle(values: Sequence[float]) -> list[str]:
    """Return the median, the least and the greatest."""
    return [f"{value:.1f}" for value in (statistics.median(values), min(values), max(values))]
