"""Where the feed stands: its id, its epoch, and the numbers of its first and last event."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.errors import RegistryError
from registry.judgements import events
from registry.models import EpochReason, FeedEpoch

FIRST_SEQUENCE = 1
_DIGITS = 20


class CursorGone(RegistryError):
    """A cursor of another epoch, or of a number that has not been given: whoever holds it has to begin anew."""

    def __init__(self) -> None:
        super().__init__("This cursor leads nowhere in the feed as it is now", "", "Take a snapshot and go on from it")


@dataclass(frozen=True)
class Position:
    """A moment of the feed: all events up to `sequence` have happened."""

    feed: uuid.UUID
    epoch: uuid.UUID
    sequence: int

    @property
    def cursor(self) -> str:
        """Return the cursor from which what follows can be asked for."""
        return cursor_of(self.epoch, self.sequence)


def current() -> Position:
    """Return where the feed stands now; a feed that has no epoch yet begins its first."""
    epoch = FeedEpoch.objects.order_by("-started_at").first() or _begin_first()
    return Position(epoch.feed, epoch.pk, events.last_seq())


def begin_epoch() -> Position:
    """Begin another epoch, after a backup was restored: numbers given since then will be given again."""
    before = FeedEpoch.objects.order_by("-started_at").first() or _begin_first()
    # Never before the one that it follows, whatever the clock of the new machine says.
    started = max(timezone.now(), before.started_at + timedelta(microseconds=1))
    FeedEpoch.objects.create(feed=before.feed, started_at=started, reason=EpochReason.RESTORED)
    return current()


def cursor_of(epoch: uuid.UUID, sequence: int) -> str:
    """Write a cursor: 32 hexadecimal digits of the epoch, a full stop, and 20 digits of the number."""
    return f"{epoch.hex}.{sequence:0{_DIGITS}}"


def sequence_of(cursor: str, now: Position) -> int:
    """Return the number that a cursor of this epoch names.

    Raises:
        CursorGone: It is of another epoch, beyond the end, or no cursor at all.
    """
    epoch, stop, number = cursor.partition(".")
    if epoch != now.epoch.hex or not stop or len(number) != _DIGITS or not (number.isascii() and number.isdecimal()):
        raise CursorGone
    if int(number) > now.sequence:
        raise CursorGone
    return int(number)


def _begin_first() -> FeedEpoch:
    try:
        with transaction.atomic():
            return FeedEpoch.objects.create(feed=uuid.uuid4(), started_at=timezone.now(), reason=EpochReason.FIRST)
    except IntegrityError:  # another process began it at the same moment
        return FeedEpoch.objects.earliest("started_at")
