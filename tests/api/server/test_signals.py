"""Signals end a program within its time, whatever it does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.harness.stopwatch import Stopwatch

_PROGRAM = """
import asyncio, logging, sys, threading, time
from api.server.signals import run

async def main(stop):
    print("ready", flush=True)
    if sys.argv[1] == "ends":
        await stop.wait()
    elif sys.argv[1] == "waits":  # for something that never comes
        await asyncio.Event().wait()
    elif sys.argv[1] == "blocks":  # the event loop
        while True:
            sum(range(1000))
    elif sys.argv[1] == "holds the log":
        logging.getLogger().handlers[0].acquire()
        await asyncio.Event().wait()

logging.basicConfig(format="%(message)s")
run(main, within=float(sys.argv[2]))
"""


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("program", ["ends", "waits", "blocks", "holds the log"])
def test_one_signal_ends_it(program: str, sign: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, program, "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    told = time.monotonic()
    with Stopwatch() as watch:
        process.send_signal(sign)
        _, err = process.communicate(timeout=60)
    if program == "ends":
        assert (process.returncode, err) == (0, "")
        return
    assert process.returncode == os.EX_SOFTWARE
    assert time.monotonic() - told >= 1
    assert watch.seconds < 10
    if program != "holds the log":
        assert err == "The process did not end within 1 s of a signal. The process ends.\n"


def test_a_second_and_a_third_signal() -> None:
    process = subprocess.Popen([sys.executable, "-c", _PROGRAM, "blocks", "60"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    for _ in range(600):  # two that come before the program has taken the first count once
        process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        if process.poll() is not None:
            break
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGTERM
