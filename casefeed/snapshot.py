"""All identities as they stand at one number of the feed, as lines of JSON.

The first line says of which moment; then a line for each identity that ever was, tombstones among them; the last says
how many there were. A snapshot without its last line was cut off and is to be thrown away. It is read in one
transaction of one moment, which blocks nobody; what is given enters the ledger before it leaves, on a connection of
its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from registry.identities import consumer_state, feed_position, ledger
from registry.identities.consumer_state import Clearance, State
from registry.identities.feed_position import Position
from registry.models import Consumer, Identity

MEDIA_TYPE = "application/x-ndjson"
AT_ONCE = 500


def lines(consumer: Consumer, clearance: Clearance) -> Iterator[bytes]:
    """Yield the lines of a snapshot for one consumer, some hundred at a time."""
    apart = None if connection.in_atomic_block else connections.create_connection("default")
    feed_position.current()  # begins the first epoch where there is none yet: the reading itself may write nothing
    try:
        with transaction.atomic():
            if apart is not None:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            position = feed_position.current()
            yield head(position)
            yield from _states(consumer, clearance, position, apart)
    finally:
        if apart is not None:
            apart.close()


def head(position: Position) -> bytes:
    """Return the first line."""
    said = {"feed": str(position.feed), "epoch": str(position.epoch), "sequence": position.sequence}
    return consumer_state.canonical({"snapshot": said | {"cursor": position.cursor}}) + b"\n"


def line(state: State) -> bytes:
    """Return the line of one identity: its state as it is hashed, and the hash before it."""
    return b'{"sha256":"' + state.digest.encode() + b'","state":' + state.body + b"}\n"


def _states(
    consumer: Consumer, clearance: Clearance, position: Position, apart: BaseDatabaseWrapper | None
) -> Iterator[bytes]:
    last, count = UUID(int=0), 0
    while True:
        ids = list(Identity.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        if not ids:
            break
        last = ids[-1]
        states = consumer_state.of_ids(ids, clearance)
        ledger.given(consumer, ledger.SNAPSHOT, states, position, using=apart)
        count += len(states)
        yield b"".join(map(line, states))
    yield consumer_state.canonical({"end": {"identities": count}}) + b"\n"
