"""Functions that remember words, and so perhaps those of a shopper: an erasure empties all of their caches.

@remembers_words
@lru_cache(50_000)
def weight(word): …
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_emptying: list[Callable[[], None]] = []


def remembers_words(function: F) -> F:
    """Register the cache of a function that `lru_cache` made. Returns the function."""
    empty: Callable[[], None] = function.cache_clear  # type: ignore[attr-defined]
    _emptying.append(empty)
    return function


def forget_words() -> None:
    """Empty all of these caches."""
    for empty in _emptying:
        empty()
