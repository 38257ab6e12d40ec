"""Waiting for the next event: one connection of this process listens to PostgreSQL, whoever waits is woken by it.

At most `MOST_WAITING` requests wait at a time, so that others find a thread; who comes beyond them is answered at once.
A word that is lost (the listener's connection broke) costs `LOOK_AGAIN` seconds, never an event.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from django.db import DatabaseError, connection, connections

logger = logging.getLogger(__name__)

CHANNEL = "ridni_feed"
MOST_WAITING = 24
LONGEST = 25
"""Seconds for which a request may wait: proxies commonly end silent connections after 30 or 60."""
LOOK_AGAIN = 2.0

T = TypeVar("T")


class Listener:
    """Counts the words of the database, in a thread that starts with the first who waits."""

    def __init__(self) -> None:
        self._heard = threading.Condition()
        self._words = 0
        self._thread: threading.Thread | None = None
        self._places = threading.BoundedSemaphore(MOST_WAITING)

    def until(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """Return what `look` finds, looking again at each word of the database; None when the time is over.

        Args:
            look: Asks the database; None while there is nothing.
            seconds: For how long; 0 looks once.
        """
        words = self._words
        found = look()
        if found is not None or seconds <= 0 or not self._places.acquire(blocking=False):
            return found
        try:
            self._begin()
            ends = time.monotonic() + seconds
            while found is None and (left := ends - time.monotonic()) > 0:
                if not connection.in_atomic_block:
                    connection.close()  # whoever only waits keeps no backend of the database busy
                with self._heard:
                    self._heard.wait_for(lambda seen=words: self._words != seen, min(left, LOOK_AGAIN))  # type: ignore[misc]
                    words = self._words
                found = look()
            return found
        finally:
            self._places.release()

    def _begin(self) -> None:
        with self._heard:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._listen, name="feed listener", daemon=True)
                self._thread.start()

    def _listen(self) -> None:
        """Listen until the connection breaks; the next who waits begins anew."""
        own = connections.create_connection("default")
        try:
            own.ensure_connection()
            raw: psycopg.Connection[object] = own.connection
            raw.autocommit = True
            raw.execute(f"LISTEN {CHANNEL}")
            while True:
                for _ in raw.notifies(timeout=60, stop_after=1):
                    pass
                with self._heard:
                    self._words += 1
                    self._heard.notify_all()
        except (DatabaseError, psycopg.Error) as fault:
            logger.warning("the feed's listener ended: %s", type(fault).__name__)
        finally:
            own.close()


listener = Listener()
