"""What one consumer may hold of one identity: the feed, webhooks and adapters all take it from here.

A state is a JSON document. Written canonically (keys in order, no blanks, UTF-8: RFC 8785 for what stands in it), its
SHA-256 is its ETag, its entry in the ledger and the proof that a replay came to the same state.

An identity that stands for nothing any more, or that must not be used now, is a tombstone: its id, its status and, when
it was merged, the id under which it stands. Ids are never used again, so a tombstone is for ever.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final
from uuid import UUID

import orjson

from registry.access import field_access
from registry.access.field_access import FieldClass
from registry.identities import preferred
from registry.identities.preferred import Known
from registry.models import (
    Batch,
    EventKind,
    Evidence,
    Identity,
    IdentityEvent,
    IdentityMember,
    IdentityStatus,
    Record,
    Source,
    WithheldRow,
)
from registry.provenance import disclosure
from registry.provenance import values as record_values
from registry.provenance.values import in_order

WITHHELD, ERASED = "withheld", "erased"
"""Statuses that a consumer hears of beside those of `IdentityStatus`."""
GONE: Final = frozenset({IdentityStatus.RETRACTED.value, WITHHELD, ERASED})
"""What must not be used any more, or not now."""


@dataclass(frozen=True)
class Clearance:
    """What a consumer may see: classes of fields, and whether where in the evidence each value stands."""

    seen: frozenset[FieldClass]
    evidence: bool = False


@dataclass(frozen=True)
class State:
    """What a consumer may hold of an identity; `body` is the canonical JSON of `document`, `digest` its SHA-256."""

    id: UUID
    status: str
    document: dict[str, Any]
    body: bytes
    digest: str


def of(identity: UUID, clearance: Clearance) -> State | None:
    """Return the state of one id, or None when no identity ever had it."""
    return next(iter(of_ids([identity], clearance)), None)


def of_ids(ids: Collection[UUID], clearance: Clearance) -> list[State]:
    """Return the states of some ids in their order; ids that never were are left out.

    Args:
        ids: Ids of today or of earlier days.
        clearance: What the consumer may see.
    """
    known = Identity.objects.in_bulk(list(ids))
    erased = _erased(known)
    standing = [one.pk for one in known.values() if one.status == IdentityStatus.VERIFIED and one.pk not in erased]
    withheld = _withheld(standing) | {one.pk for one in known.values() if one.withheld}
    shown = [number for number in standing if number not in withheld]
    members, aliases = _members(shown), _aliases(shown)
    states = []
    for number in dict.fromkeys(ids):
        if (one := known.get(number)) is None:
            continue
        if number in members:
            states.append(_state(_document(one, aliases[number], members[number], clearance)))
        elif number in erased:
            states.append(_state(_tombstone(one, ERASED)))
        elif one.status == IdentityStatus.VERIFIED:
            states.append(_state(_tombstone(one, WITHHELD)))
        else:
            states.append(_state(_tombstone(one, one.status)))
    return states


def canonical(document: Any) -> bytes:
    """Write a document as its one form: keys in order, no blanks, UTF-8."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def digest_of(body: bytes) -> str:
    """Return the SHA-256 of a canonical body as 64 hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def _state(document: dict[str, Any]) -> State:
    body = canonical(document)
    return State(UUID(document["id"]), document["status"], document, body, digest_of(body))


def _tombstone(identity: Identity, status: str) -> dict[str, Any]:
    document = {"id": str(identity.pk), "status": str(status)}
    return document | {"merged_into": str(identity.merged_into_id)} if identity.merged_into_id else document


def _erased(known: Iterable[UUID]) -> set[UUID]:
    return set(
        IdentityEvent.objects.filter(identity_id__in=list(known), kind=EventKind.ERASED).values_list(
            "identity_id", flat=True
        )
    )


def _withheld(ids: Sequence[UUID]) -> set[UUID]:
    """Return those with a row whose consent to tracing is refused or unclear, verified or not."""
    found = WithheldRow.objects.filter(identity_id__in=ids).values_list("identity_id", flat=True)
    return {number for number in found if number is not None}


def _members(ids: Sequence[UUID]) -> dict[UUID, list[tuple[Record, int]]]:
    """Return the newest version of each row of some identities, with the version that people verified."""
    held: dict[UUID, list[tuple[Record, int]]] = defaultdict(list)
    members = list(
        IdentityMember.objects.filter(identity_id__in=ids)
        .order_by("row_id")
        .values_list("identity_id", "shown_id", "record__version")
    )
    shown = Record.objects.defer("fingerprint").in_bulk([record for _, record, _ in members])
    # Many records have few sources and batches: a join would make each of them anew.
    sources = Source.objects.in_bulk({record.source_id for record in shown.values()})
    batches = Batch.objects.in_bulk({record.batch_id for record in shown.values()})
    evidence = Evidence.objects.in_bulk({record.evidence_id for record in shown.values()})
    for record in shown.values():
        record.source, record.batch = sources[record.source_id], batches[record.batch_id]
        record.evidence = evidence[record.evidence_id]
    for identity, number, version in members:
        held[identity].append((shown[number], version))
    return held


def _aliases(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    aliases: dict[UUID, list[str]] = defaultdict(list)
    found = Identity.objects.filter(merged_into_id__in=ids).order_by("pk").values_list("pk", "merged_into_id")
    for alias, into in found:
        if into is not None:
            aliases[into].append(str(alias))
    return aliases


def _document(
    identity: Identity, aliases: list[str], members: list[tuple[Record, int]], clearance: Clearance
) -> dict[str, Any]:
    known: dict[str, list[Known]] = defaultdict(list)
    records, withheld = [], set()
    for record, verified in members:
        source = record.source
        reference = disclosure.reference(source.slug, record.key)
        records.append(_record(record, reference, verified, clearance))
        found = list(record_values.of_record(record))
        withheld |= {value.field for value in found if field_access.class_of(value.field) not in clearance.seen}
        for value in disclosure.values(record, found, clearance.seen):
            known[value.field].append(Known(value, reference, source.side))
    values: dict[str, dict[str, Any]] = defaultdict(dict)
    chosen = {}
    for field in known:
        given = sorted(known[field], key=lambda one: (one.reference, one.value.original))
        values[field_access.class_of(field).value][field] = [_value(one, clearance) for one in given]
        best = preferred.of_field(field, given)
        chosen[field] = {
            "value": best.known.value.value,
            "original": best.known.value.original,
            "romanised": best.known.value.romanised,
            "record": best.known.reference,
            "rule": best.rule.value,
        }
    return {
        "id": str(identity.pk),
        "status": IdentityStatus.VERIFIED.value,
        "verified_at": identity.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "aliases": sorted(aliases),
        "records": sorted(records, key=lambda record: str(record["reference"])),
        "values": dict(values),
        "preferred": chosen,
        "withheld": in_order(withheld),
    }


def _record(record: Record, reference: str, verified: int, clearance: Clearance) -> dict[str, Any]:
    said: dict[str, Any] = {
        "reference": reference,
        "source_class": record.source.source_class,
        "side": record.source.side,
        "version": record.version,
        "verified_version": verified,
        "observed_on": record.observed_on.isoformat() if record.observed_on else None,
    }
    if clearance.evidence:
        said["evidence"] = {
            "source": record.source.slug,
            "key": disclosure.key(record, clearance.seen),
            "sha256": record.evidence.sha256,
            "locator": disclosure.place(record, clearance.seen).to_json(),
        }
    return said


def _value(one: Known, clearance: Clearance) -> dict[str, Any]:
    value = one.value
    said: dict[str, Any] = {
        "value": value.value,
        "original": value.original,
        "romanised": value.romanised,
        "record": one.reference,
        "observed_on": value.observed_on.isoformat() if value.observed_on else None,
        "status": value.status,
    }
    if clearance.evidence:
        said["locator"] = value.locator.to_json()
    return said
