"""How much one person opens: enough for a day of judging, too little to copy the register.

Counted are distinct pairs (and documents) in the last hour and the last 24 hours; what somebody has opened within a day
costs nothing more, for it tells nothing new. A pair that is passed over costs double: judging is slow, copying is not.
At four fifths of a limit the lead and the auditor hear of it, at the end the queue closes for this person until a lead
opens it, which starts the counts anew. Children beside a pair have a measure of their own, `AROUND` for each pair; when
it is used up they are left out, and the pair can still be judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from configs.settings import settings
from registry import audit
from registry.access import permissions
from registry.errors import ReviewError
from registry.models import Opening, OpeningKind, QueueLimit, User

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AROUND = 2
"""Children shown beside a pair, for each pair of the limit: on the fictional world a pair has one or two."""
WARN_AT = 0.8
CLOSED = "budget"
"""Code of the refusal."""


@dataclass(frozen=True)
class Opened:
    """How many pairs and documents a person has opened; a pair passed over counts once more."""

    hour: int
    day: int

    @property
    def full(self) -> bool:
        """Tell whether a limit is reached."""
        return self.hour >= settings().opened_per_hour or self.day >= settings().opened_per_day

    @property
    def near(self) -> bool:
        """Tell whether four fifths of a limit are reached."""
        return self.hour >= WARN_AT * settings().opened_per_hour or self.day >= WARN_AT * settings().opened_per_day


@dataclass(frozen=True)
class Limited:
    """A person who is near a limit or at its end."""

    user_id: int
    username: str
    count: Opened
    warned_at: datetime | None
    closed_at: datetime | None


def require_open(user: User) -> None:
    """Refuse whoever has reached the end.

    Raises:
        ReviewError: With the code `budget`.
    """
    if QueueLimit.objects.filter(user=user, closed_at__isnull=False).exists():
        raise _closed()


def open_pair(user: User, candidate_id: int) -> None:
    """Count that a person opens a pair.

    Raises:
        ReviewError: With the code `budget`: the queue is closed for them, and they have not opened this pair before.
    """
    if not allow(user, OpeningKind.PAIR, [candidate_id]):
        raise _closed()


def open_document(user: User, testimony_id: int) -> None:
    """Count that a person opens a document; it costs as much as a pair.

    Raises:
        ReviewError: As for `open_pair`.
    """
    if not allow(user, OpeningKind.DOCUMENT, [testimony_id]):
        raise _closed()


def open_child(user: User, rows: Iterable[int]) -> None:
    """Count that a person opens a child as a whole; every two of its rows, as in a pair, cost as much as a pair.

    Raises:
        ReviewError: As for `open_pair`; a child is shown whole or not at all.
    """
    wanted = frozenset(sorted(rows)[::2])
    if allow(user, OpeningKind.CHILD, sorted(wanted)) != wanted:
        raise _closed()


def pass_over(user: User, candidate_id: int) -> None:
    """Count that a person passes a pair over, whatever is left."""
    with transaction.atomic():
        limit = _lock(user)
        Opening.objects.create(user=user, kind=OpeningKind.SKIP, number=candidate_id, at=timezone.now())
        _judge(user, limit)


def allow(user: User, kind: OpeningKind, numbers: Iterable[int]) -> frozenset[int]:
    """Count what a person opens, in order as far as their measure goes, and return what they may see of it.

    Args:
        user: Who opens it.
        kind: `PAIR`, `DOCUMENT`, `CHILD` for rows of a child as a whole, or `AROUND` for children beside a pair.
        numbers: Of candidates, documents, rows or records.
    """
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        return frozenset()
    with transaction.atomic():
        limit, now = _lock(user), timezone.now()
        known = set(
            Opening.objects.filter(user=user, kind=kind, number__in=wanted, at__gt=now - DAY).values_list(
                "number", flat=True
            )
        )
        new = [number for number in wanted if number not in known][: max(0, _left(user, limit, kind))]
        if new:
            Opening.objects.filter(user=user, at__lt=now - 2 * DAY).delete()
            Opening.objects.bulk_create(Opening(user=user, kind=kind, number=number, at=now) for number in new)
            if kind != OpeningKind.AROUND:
                _judge(user, limit)
    return frozenset(known.union(new))


def limited() -> list[Limited]:
    """Return the people who are near a limit or at its end, by name."""
    found = QueueLimit.objects.filter(Q(warned_at__isnull=False) | Q(closed_at__isnull=False)).select_related("user")
    rows = [
        Limited(row.user_id, row.user.username, count(row.user, row.opened_at), row.warned_at, row.closed_at)
        for row in found.order_by("user__username")
    ]
    return [row for row in rows if row.closed_at is not None or row.count.near]


def reopen(lead: User, user_id: int) -> None:
    """Open the queue for a person again; their counts start anew.

    Raises:
        ReviewError: Not a lead (`role`), one who would open it for themselves (`own`), or no such person (`unknown`).
    """
    permissions.require(lead, permissions.QUALITY)
    if user_id == lead.pk:
        raise ReviewError("own", "Nobody opens the queue for themselves", "Ask another lead, or the operator")
    _reopen(User.objects.filter(pk=user_id).first(), str(lead.pk))


def reopen_as_operator(username: str, actor: str = "system") -> None:
    """Open the queue for a person again from the server, where there is no second lead.

    Raises:
        ReviewError: With the code `unknown`.
    """
    _reopen(User.objects.filter(username=username).first(), actor)


def count(user: User, since: datetime | None = None) -> Opened:
    """Count what a person has opened in the last hour and day, but nothing before `since`."""
    return Opened(**_counted(user, since, ~Q(kind=OpeningKind.AROUND)))


def _counted(user: User, since: datetime | None, which: Q) -> dict[str, int]:
    now = timezone.now()
    start = max(now - DAY, since) if since else now - DAY
    return Opening.objects.filter(which, user=user, at__gt=start).aggregate(
        hour=Count("pk", filter=Q(at__gt=now - HOUR)), day=Count("pk")
    )


def _left(user: User, limit: QueueLimit, kind: OpeningKind) -> int:
    chosen = settings()
    if kind == OpeningKind.AROUND:
        used = _counted(user, limit.opened_at, Q(kind=kind))
        return min(AROUND * chosen.opened_per_hour - used["hour"], AROUND * chosen.opened_per_day - used["day"])
    if limit.closed_at is not None:
        return 0
    counted = count(user, limit.opened_at)
    return min(chosen.opened_per_hour - counted.hour, chosen.opened_per_day - counted.day)


def _judge(user: User, limit: QueueLimit) -> None:
    """Warn or close after something was counted; the log is told of each once."""
    counted, now = count(user, limit.opened_at), timezone.now()
    facts = {"hour": counted.hour, "day": counted.day}
    if counted.full and limit.closed_at is None:
        limit.closed_at = now
        limit.save(update_fields=["closed_at"])
        audit.append(str(user.pk), "queue.closed", "user", str(user.pk), facts)
    elif counted.near and (limit.warned_at is None or limit.warned_at < now - HOUR):
        limit.warned_at = now
        limit.save(update_fields=["warned_at"])
        audit.append(str(user.pk), "queue.nearly_closed", "user", str(user.pk), facts)


def _lock(user: User) -> QueueLimit:
    """Lock a person's measure, so that two windows of theirs count one after the other."""
    if (limit := QueueLimit.objects.select_for_update().filter(user=user).first()) is not None:
        return limit
    QueueLimit.objects.get_or_create(user=user)  # the other of two first windows waits here, and finds it below
    return QueueLimit.objects.select_for_update().get(user=user)


def _reopen(person: User | None, actor: str) -> None:
    if person is None:
        raise ReviewError("unknown", "There is no such account", "Look at the list of accounts")
    with transaction.atomic():
        limit = _lock(person)
        limit.opened_at, limit.closed_at, limit.warned_at = timezone.now(), None, None
        limit.save(update_fields=["opened_at", "closed_at", "warned_at"])
        audit.append(actor, "queue.opened", "user", str(person.pk), {})


def _closed() -> ReviewError:
    return ReviewError(CLOSED, "This person has opened as much as one person may", "A lead can open the queue again")
