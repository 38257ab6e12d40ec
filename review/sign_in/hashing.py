"""Password hashing in lanes: however many sign in at once, most of the server's threads go on serving pages.

A hash takes a core for a large part of a second, on purpose. One lane is for whoever comes from outside, another for
people who are signed in and for browsers that have signed in before, so that a flood of strangers does not keep the
team out. In each so many hashes run and so many wait; whoever finds no place is told to come again, at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import BoundedSemaphore

from django.contrib.auth.hashers import PBKDF2PasswordHasher

LONGEST_WAIT = 10.0
"""Seconds; two hashes before one's own take far less even on a slow core."""


class Busy(Exception):
    """No place in the lane; come again in some seconds."""


class Lane:
    """A place where so many hashes run at once and so many wait."""

    def __init__(self, running: int, waiting: int) -> None:
        self.places = running + waiting
        self._places, self._running = BoundedSemaphore(self.places), BoundedSemaphore(running)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn.

        Raises:
            Busy: There is no place.
        """
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            if not self._running.acquire(timeout=LONGEST_WAIT):
                raise Busy
            try:
                yield
            finally:
                self._running.release()
        finally:
            self._places.release()


STRANGERS = Lane(running=max(1, (os.cpu_count() or 1) // 2), waiting=2)
KNOWN = Lane(running=1, waiting=1)
_lane: ContextVar[Lane] = ContextVar("lane", default=STRANGERS)


@contextmanager
def for_known() -> Iterator[None]:
    """Hash in the lane of people who are signed in and of known browsers."""
    token = _lane.set(KNOWN)
    try:
        yield
    finally:
        _lane.reset(token)


class BoundedHasher(PBKDF2PasswordHasher):
    """Django's own hashes, each made or checked in a lane."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Hash a password.

        Raises:
            Busy: There is no place.
        """
        with _lane.get().turn():
            return super().encode(password, salt, iterations)
