"""Reading verified identities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from registry.access import field_access
from registry.access.field_access import FieldClass
from registry.errors import UnknownIdentity
from registry.models import EventKind, Identity, IdentityEvent, IdentityMember, IdentityStatus, Record, WithheldRow
from registry.provenance import disclosure
from registry.provenance import values as record_values
from registry.provenance.values import Value
from sources.locator import Locator

NOTHING: frozenset[FieldClass] = frozenset()
"""What a reader sees who has not been asked what they may see: records and where they stand, no value."""


@dataclass(frozen=True)
class MemberRecord:
    """A record of an identity: where it comes from and where it stands in the evidence, as far as that may be told.

    `version` is the newest of its row, whose values are given; `verified_version` the one that people verified.
    """

    reference: str
    source: str
    key: str
    version: int
    verified_version: int
    observed_on: date | None
    evidence_sha256: str
    locator: Locator


@dataclass(frozen=True)
class IdentityView:
    """A verified identity with its records and values by field; `withheld` names fields the reader may not see.

    A retracted one has no records any more.
    """

    id: UUID
    status: str
    created_at: datetime
    aliases: tuple[UUID, ...]
    records: tuple[MemberRecord, ...]
    values: dict[str, tuple[Value, ...]]
    withheld: tuple[str, ...] = ()


def resolve(identity_id: UUID) -> UUID:
    """Return the id under which an identity stands today: its own, or that of the one it was merged into.

    Raises:
        UnknownIdentity: No identity ever had this id.
    """
    identity = Identity.objects.filter(pk=identity_id).only("id", "merged_into").first()
    if identity is None:
        raise _unknown()
    return identity.merged_into_id or identity.pk


def get(identity_id: UUID, *, for_tracing: bool = False, seen: frozenset[FieldClass] = NOTHING) -> IdentityView:
    """Return one identity, verified or retracted; an alias gives the identity it was merged into.

    Args:
        identity_id: The id of today or an earlier one.
        for_tracing: Treat an identity as unknown when consent to tracing is refused for one of its records.
        seen: The classes of fields that the reader may see.

    Raises:
        UnknownIdentity: No identity ever had this id.
    """
    found = _where_traced(Identity.objects.all()) if for_tracing else Identity.objects.all()
    identity = found.filter(pk=resolve(identity_id)).first()
    if identity is None:
        raise _unknown()
    return _views([identity], seen)[0]


def page(
    after: UUID | None = None,
    limit: int = 100,
    *,
    for_tracing: bool = False,
    seen: frozenset[FieldClass] = NOTHING,
) -> list[IdentityView]:
    """Return up to `limit` verified identities in the order in which they were made, from the one that follows `after`.

    Args:
        after: The last id of the page before.
        limit: At most so many.
        for_tracing: Leave out identities with a record for which consent to tracing is refused.
        seen: The classes of fields that the reader may see.

    Raises:
        UnknownIdentity: `after` was never an id.
    """
    ids = ids_of_page(after, limit, for_tracing=for_tracing)
    known = Identity.objects.in_bulk(ids)
    return _views([known[number] for number in ids], seen)


def ids_of_page(after: UUID | None = None, limit: int = 100, *, for_tracing: bool = True) -> list[UUID]:
    """Return the ids of such a page.

    Raises:
        UnknownIdentity: `after` was never an id.
    """
    verified = Identity.objects.filter(status=IdentityStatus.VERIFIED)
    if for_tracing:
        verified = _where_traced(verified)
    # By the number of the event that made them, which follows commits: a clock that jumps back would hide later ones.
    made = IdentityEvent.objects.filter(kind=EventKind.VERIFIED)
    if after is not None:
        last = made.filter(identity_id=after).order_by("seq").first()
        if last is None:
            raise UnknownIdentity("There is no identity with this id", "", "Give the last id of the page before")
        made = made.filter(seq__gt=last.seq)
    return list(made.filter(identity__in=verified).order_by("seq").values_list("identity_id", flat=True)[:limit])


def rows() -> Iterator[tuple[str, str, str]]:
    """Stream source, key and identity of all rows that stand in one."""
    found = IdentityMember.objects.order_by("pk").values_list("row__source__slug", "row__key", "identity_id")
    return ((source, key, str(identity)) for source, key, identity in found.iterator())


def values(identity_id: UUID, *, seen: frozenset[FieldClass] = NOTHING) -> dict[str, tuple[Value, ...]]:
    """Return the values of one verified identity by field that may be seen, the latest observation first."""
    return get(identity_id, seen=seen).values


def _unknown() -> UnknownIdentity:
    return UnknownIdentity("There is no identity with this id", "", "Ids come from /identities and /events")


def _where_traced(found: QuerySet[Identity]) -> QuerySet[Identity]:
    """Leave out identities with a row whose consent to tracing is refused or unclear, verified or not."""
    withheld = WithheldRow.objects.filter(identity_id__isnull=False)
    return found.exclude(pk__in=withheld.values("identity_id"))


def _views(identities: list[Identity], seen: frozenset[FieldClass]) -> list[IdentityView]:
    ids = [identity.pk for identity in identities]
    held: dict[UUID, list[IdentityMember]] = defaultdict(list)
    members = IdentityMember.objects.filter(identity_id__in=ids).select_related(
        "shown__source", "shown__evidence", "shown__batch", "record"
    )
    for member in members.order_by("row_id"):
        held[member.identity_id].append(member)
    aliases: dict[UUID, list[UUID]] = defaultdict(list)
    for alias, into in (
        Identity.objects.filter(merged_into_id__in=ids).order_by("pk").values_list("pk", "merged_into_id")
    ):
        if into is not None:
            aliases[into].append(alias)
    return [_view(identity, aliases[identity.pk], held[identity.pk], seen) for identity in identities]


def _view(
    identity: Identity, aliases: Iterable[UUID], members: Iterable[IdentityMember], seen: frozenset[FieldClass]
) -> IdentityView:
    versions = [(member.shown, member.record.version) for member in members]
    known = [(record, list(record_values.of_record(record))) for record, _ in versions]
    each = (value for _, found in known for value in found)
    return IdentityView(
        id=identity.pk,
        status=identity.status,
        created_at=identity.created_at,
        aliases=tuple(aliases),
        records=tuple(_member(record, verified, seen) for record, verified in versions),
        values=_by_field(value for record, found in known for value in disclosure.values(record, found, seen)),
        withheld=tuple(field for field in _by_field(each) if field_access.class_of(field) not in seen),
    )


def _member(record: Record, verified: int, seen: frozenset[FieldClass]) -> MemberRecord:
    return MemberRecord(
        disclosure.reference(record.source.slug, record.key),
        record.source.slug,
        disclosure.key(record, seen),
        record.version,
        verified,
        record.observed_on,
        record.evidence.sha256,
        disclosure.place(record, seen),
    )


def _by_field(values: Iterable[Value]) -> dict[str, tuple[Value, ...]]:
    by_field: dict[str, list[Value]] = defaultdict(list)
    for value in values:
        by_field[value.field].append(value)
    return {field: tuple(sorted(by_field[field], key=_latest_first)) for field in record_values.in_order(by_field)}


def _latest_first(value: Value) -> tuple[int, str]:
    return (-(value.observed_on or date.min).toordinal(), value.source)
