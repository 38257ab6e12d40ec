"""How much one consumer may ask for in a minute, counted in this process.

A bucket of `rate` requests fills evenly within a minute: a consumer may spend it at once, and then goes on evenly.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

_MINUTE = 60.0


class TooManyRequests(Exception):
    """A consumer has asked for more than its terms allow."""


@dataclass(frozen=True)
class Allowance:
    """What is left to a consumer: requests, and seconds until `limit` of them are there again."""

    limit: int
    remaining: int
    reset: int


class Buckets:
    """The buckets of all consumers; safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._filled: dict[int, tuple[float, float]] = {}

    def take(self, consumer: int, rate: int) -> tuple[bool, Allowance]:
        """Take one request out of a consumer's bucket; tells whether there was one, and what is left."""
        now = self._clock()
        with self._lock:
            level, at = self._filled.get(consumer, (float(rate), now))
            level = min(float(rate), level + (now - at) * rate / _MINUTE)
            taken = level >= 1
            level -= taken
            self._filled[consumer] = (level, now)
        return taken, Allowance(rate, int(level), math.ceil((rate - level) * _MINUTE / rate))


buckets = Buckets()


def take(request: HttpRequest, consumer: int, rate: int) -> None:
    """Count a request of a consumer.

    Raises:
        TooManyRequests: There is none left just now.
    """
    taken, allowance = buckets.take(consumer, rate)
    request.feed_allowance = allowance  # type: ignore[attr-defined]
    if not taken:
        raise TooManyRequests
