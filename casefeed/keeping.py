"""What a process that serves the feed does beside answering: it enters due unions, and writes reads into the log."""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, connection

from registry.identities import ledger
from registry.judgements import unions
from transliteration.errors import MendableError

logger = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two rounds: a due union is told of, and a read stands in the log, so much later at most."""


class Keeper(threading.Thread):
    """Goes its rounds until it is told to stop, and then a last one."""

    def __init__(self, every: float = EVERY) -> None:
        super().__init__(name="feed keeper", daemon=True)
        self._every = every
        self._over = threading.Event()

    def run(self) -> None:
        """Go rounds; a fault of the database is told and the next round tries again."""
        while not self._over.wait(self._every):
            self.round()
        self.round()
        connection.close()

    def round(self) -> None:
        """Enter what is due and write what waits."""
        try:
            unions.settle_due()
            while ledger.flush() == ledger.READS_AT_ONCE:
                pass
        except (DatabaseError, MendableError) as fault:
            logger.warning("the feed's keeper tries again: %s", type(fault).__name__)
            connection.close()

    def stop(self) -> None:
        """End after a last round."""
        self._over.set()
        self.join(timeout=30)
