"""Sends a request every 20 ms from a process of its own, and prints when each began and how long it took.

`python -m benchmarks.load.bystander PORT SECONDS`, with the request on the standard input.
"""

from __future__ import annotations

import json
import sys
import time

from benchmarks.load.engine import HttpConnection

_PAUSE = 0.02  # seconds


def main() -> None:
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    request = sys.stdin.buffer.read()
    connection = HttpConnection(port)
    connection.ask(request)
    print("begun", flush=True)
    taken, began = [], time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        connection.ask(request)
        taken.append((now - began, time.perf_counter() - now))
        time.sleep(_PAUSE)
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
