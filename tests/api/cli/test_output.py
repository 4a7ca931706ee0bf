"""What a command prints arrives whole, however slowly it is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

_LENGTH = 300_000  # characters: a pipe takes 65,536 bytes at once
_SIGNALLED = f"""
import signal
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
from api.cli.output import say_json
say_json("ü" * {_LENGTH})
signal.setitimer(signal.ITIMER_REAL, 0)
"""


def test_signals_cut_no_output_short_that_is_not_buffered() -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen([sys.executable, "-c", _SIGNALLED], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        out = b""
        while block := os.read(process.stdout.fileno(), 1 << 16):
            out += block
            time.sleep(0.03)
    assert process.returncode == 0
    assert json.loads(out) == "ü" * _LENGTH
