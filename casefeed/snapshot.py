"""All identities as they stand at one number of the feed.

As lines of JSON the first line says of which moment; then a line for each identity that ever was, tombstones among
them; the last says how many there were. A snapshot without its last line was cut off and is to be thrown away. It is
read in one transaction of one moment, which blocks nobody; what is given enters the ledger before it leaves, on a
connection of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from registry.identities import consumer_state, feed_position, ledger
from registry.identities.consumer_state import Clearance, State
from registry.identities.feed_position import Position
from registry.models import Consumer, Identity

MEDIA_TYPE = "application/x-ndjson"
AT_ONCE = 500


@dataclass(frozen=True)
class Moment:
    """One moment of the feed, read for one consumer."""

    consumer: Consumer
    clearance: Clearance
    position: Position
    _apart: BaseDatabaseWrapper | None

    def pages(self) -> Iterator[list[State]]:
        """Yield the states of all identities that ever were, in the order of their ids, some hundred at a time."""
        last = UUID(int=0)
        while ids := list(Identity.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
            last = ids[-1]
            yield consumer_state.of_ids(ids, self.clearance)

    def given(self, way: str, states: Sequence[State]) -> None:
        """Enter that the consumer is given these, before they leave."""
        ledger.given(self.consumer, way, states, self.position, using=self._apart)


@contextmanager
def moment(consumer: Consumer, clearance: Clearance) -> Iterator[Moment]:
    """Hold one moment of the feed while it is read."""
    apart = None if connection.in_atomic_block else connections.create_connection("default")
    feed_position.current()  # begins the first epoch where there is none yet: the reading itself may write nothing
    try:
        with transaction.atomic():
            if apart is not None:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield Moment(consumer, clearance, feed_position.current(), apart)
    finally:
        if apart is not None:
            apart.close()


def lines(consumer: Consumer, clearance: Clearance) -> Iterator[bytes]:
    """Yield the lines of a snapshot for one consumer, some hundred at a time."""
    count = 0
    with moment(consumer, clearance) as now:
        yield head(now.position)
        for states in now.pages():
            now.given(ledger.SNAPSHOT, states)
            count += len(states)
            yield b"".join(map(line, states))
    yield consumer_state.canonical({"end": {"identities": count}}) + b"\n"


def head(position: Position) -> bytes:
    """Return the first line."""
    said = {"feed": str(position.feed), "epoch": str(position.epoch), "sequence": position.sequence}
    return consumer_state.canonical({"snapshot": said | {"cursor": position.cursor}}) + b"\n"


def line(state: State) -> bytes:
    """Return the line of one identity: its state as it is hashed, and the hash before it."""
    return b'{"sha256":"' + state.digest.encode() + b'","state":' + state.body + b"}\n"
