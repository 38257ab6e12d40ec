"""Transfers that people state: one with a source and a reason, another allows it, and the next run counts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import transaction
from django.utils import timezone

from registry import audit
from registry.access import permissions
from registry.errors import ReviewError
from registry.linkage.record_facts import region_of
from registry.models import OriginKind, TransferStatement, User
from sources.extraction.normalise import normalise

_LONGEST = {"origin": 200, "region": 200, "stated_in": 300, "reason": 500}


@dataclass(frozen=True)
class Statement:
    """What somebody states.

    Attributes:
        kind: `institution` or `last_place`.
        origin, region: As they are written.
        origin_value: The origin as a record's value of `kind`; None where it is read as no place.
        region_ids: Regions that the region may mean.
        stated_in: In which list, order, report or testimony it is said.
        reason: Why it is believed.
        days: First and last day, None where unknown.
        children: How many were moved, None where unknown.
    """

    kind: str
    origin: str
    region: str
    origin_value: str | Sequence[str] | None
    region_ids: Sequence[str]
    stated_in: str
    reason: str
    days: tuple[date | None, date | None] = (None, None)
    children: int | None = None


def read(values: Mapping[str, str]) -> Statement:
    """Read what a person writes as a value of a record would be read.

    Args:
        values: `institution` or `last_place`, `region`, `stated_in`, `reason`, and perhaps `from`, `to`, `children`.

    Raises:
        ReviewError: A day or number cannot be read.
    """
    written = {name: " ".join(text.split()) for name, text in values.items()}
    kind = OriginKind.INSTITUTION if written.get("institution") else OriginKind.TOWN
    origin, region, number = written.get(kind, ""), written.get("region", ""), written.get("children", "")
    known = {kind: origin, "region": region}
    meant = normalise(known, observed_on=None, language="uk").values if origin and region else {}
    if number and not (number.isdecimal() and len(number) < 9):
        raise ReviewError("children", "The number of children is no whole number", "Write digits, or leave it out")
    return Statement(
        kind=kind,
        origin=origin,
        region=region,
        origin_value=meant.get(kind),
        region_ids=sorted({region for place in meant.get("region") or () for region in region_of(str(place))}),
        stated_in=written.get("stated_in", ""),
        reason=written.get("reason", ""),
        days=(_day(written.get("from", "")), _day(written.get("to", ""))),
        children=int(number) if number else None,
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise ReviewError("days", "A day cannot be read", "Write it as DD.MM.YYYY")


def state(user: User, said: Statement) -> TransferStatement:
    """State a transfer; it counts for nothing until another person allows it.

    Raises:
        ReviewError: The role may not, something is missing, too long, or no place that is known.
    """
    permissions.require(user, permissions.TRANSFERS)
    texts = {name: " ".join(getattr(said, name).split()) for name in _LONGEST}
    if said.kind not in OriginKind.values:
        raise ReviewError("kind", "There is no such origin", f"Choose one of {', '.join(OriginKind.values)}")
    for name, text in texts.items():
        if not text or len(text) > _LONGEST[name] or "\x00" in text:
            raise ReviewError(name, f"A transfer needs '{name}'", f"Write it in {_LONGEST[name]} characters")
    if not said.origin_value:
        raise ReviewError("origin", "The origin is read as no place", "Name its place, kind or number")
    if len(said.region_ids) != 1:
        raise ReviewError("region", "The region is read as none or as several", "Write its whole name")
    first, last = said.days
    if first and last and first > last:
        raise ReviewError("days", "The first day is after the last", "Change their places")
    if said.children is not None and not 0 < said.children < 100_000:
        raise ReviewError("children", "So many children were not moved", "Leave the number out if nobody knows it")
    with transaction.atomic():
        made = TransferStatement.objects.create(
            kind=said.kind,
            origin_value=said.origin_value,
            region_id=said.region_ids[0],
            moved_from=first,
            moved_to=last,
            children=said.children,
            asked_by=user,
            asked_at=timezone.now(),
            **texts,
        )
        audit.append(str(user.pk), "transfer.stated", "transfer_statement", str(made.pk), {"kind": said.kind})
    return made


def decide(user: User, number: int, *, allowed: bool) -> TransferStatement:
    """Allow or refuse a transfer that somebody else has stated; one that was allowed may be refused later on.

    Raises:
        ReviewError: The role may not, it is one's own, unknown, or decided so already.
    """
    permissions.require(user, permissions.TRANSFERS)
    with transaction.atomic():
        made = TransferStatement.objects.select_for_update().filter(pk=number).first()
        if made is None:
            raise ReviewError("unknown", "There is no such statement")
        if made.asked_by_id == user.pk:
            raise ReviewError("own_request", "Nobody allows their own statement", "Ask another person")
        if made.allowed is not None and (allowed or not made.allowed):
            raise ReviewError("decided", "This statement has been decided already")
        made.allowed, made.decided_by, made.decided_at = allowed, user, timezone.now()
        made.save(update_fields=["allowed", "decided_by", "decided_at"])
        action = "transfer.allowed" if allowed else "transfer.refused"
        audit.append(str(user.pk), action, "transfer_statement", str(made.pk), {"kind": made.kind})
    return made


def standing() -> list[TransferStatement]:
    """Return the statements that count: another person has allowed them."""
    return list(TransferStatement.objects.filter(allowed=True).order_by("pk"))


def listed(limit: int = 50) -> list[TransferStatement]:
    """Return the newest statements, those that wait first."""
    found = TransferStatement.objects.select_related("asked_by", "decided_by")
    waiting = list(found.filter(allowed=None).order_by("-pk")[:limit])
    return [*waiting, *found.exclude(allowed=None).order_by("-pk")[: limit - len(waiting)]]
