"""No server: PyMongo's transactions of the four writes of a message, so many in flight, for some seconds.

`python -m benchmarks.peers.servers.transactions 0 CONFIG IN_FLIGHT SECONDS` prints the number, the seconds and the
latencies as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import uvloop

from benchmarks.peers.servers.store import Config, Store


async def measured(config: Config, in_flight: int, seconds: float) -> dict[str, object]:
    store = Store(config)
    rows, _ = await store.page(in_flight, None)
    latencies: list[float] = []
    await asyncio.gather(*(store.send(row["_id"], "And when?") for row in rows))  # opens the connections

    async def call(conversation: str, ends: float) -> None:
        while (began := time.perf_counter()) < ends:
            await store.send(conversation, "And when?")
            latencies.append(time.perf_counter() - began)

    began, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(call(row["_id"], began + seconds) for row in rows))
    return {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - used,
        "latencies": latencies,
    }


def main() -> None:
    _, config = Config.of_command_line()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(measured(config, int(sys.argv[3]), float(sys.argv[4])))))


if __name__ == "__main__":
    main()
