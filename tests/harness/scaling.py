"""Checks that work grows linearly with its input, by comparing the CPU time of a small and a large input."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_GROWTH = 8  # the large input is so many times the small one
_TOLERANCE = 4  # quadratic work takes 64 times as long, linear work 8 times; a loaded machine adds noise
_MEASURABLE = 0.002  # seconds: shorter times are rounded up, because their ratio is noise


def assert_linear(work: Callable[[T], object], input_of: Callable[[int], T], *, count: int) -> None:
    """Fail if `count` repetitions take more than linearly longer than `count` / 8.

    The times are those of the process's CPU, and the best of three, so that the result does not depend on the machine.
    """
    small, large = (_best_of_three(work, input_of(size)) for size in (count // _GROWTH, count))
    assert large <= small * _GROWTH * _TOLERANCE, f"{small:.4f} s became {large:.4f} s for {_GROWTH} times the input"


def _best_of_three(work: Callable[[T], object], value: T) -> float:
    return max(_MEASURABLE, min(_seconds(work, value) for _ in range(3)))


def _seconds(work: Callable[[T], object], value: T) -> float:
    began = time.process_time()
    work(value)
    return time.process_time() - began
