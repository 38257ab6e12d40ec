"""Exports with names: one person asks, another allows, the first fetches it once within a day.

What leaves is what the person who fetches it may see, without anybody for whom consent to tracing is refused, and with
every cell harmless to a spreadsheet. The bare list of candidates (`candidates.export_rows`) has no names and needs
nobody's leave: it holds the sources' own keys, which are numbers of rows, cards and cases.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TextIO

from django.db import connection, transaction
from django.utils import timezone
from psycopg.sql import SQL

from registry import audit
from registry.access import field_access, permissions
from registry.errors import ReviewError
from registry.identities import identities
from registry.judgements import unions
from registry.models import ExportKind, ExportPurpose, ExportRequest, User
from registry.provenance import disclosure, transfer_evidence, values
from registry.sealing import sealed_rows
from registry.spreadsheet_cells import harmless

VALID_FOR = timedelta(hours=24)
LOGGED_AT_ONCE = 2_000
RECIPIENT_LENGTH = 120

CANDIDATE_COLUMNS = (
    *("left_record", "left_source", "left_key", "left_name", "left_birth"),
    *("right_record", "right_source", "right_key", "right_name", "right_birth"),
    *("weight", "score", "calibrated_probability", "scenario", "status"),
)
IDENTITY_COLUMNS = (
    *("identity", "field", "value", "original", "romanised", "source", "evidence_sha256", "locator"),
    *("observed_on", "status"),
)


@dataclass(frozen=True)
class Request:
    """An export request as listed; `state` is waiting, allowed, refused, fetched or expired."""

    id: int
    kind: str
    purpose: str
    recipient: str
    requested_by: str
    requested_at: datetime
    decided_by: str
    state: str
    rows: int | None
    sha256: str
    own: bool


@dataclass(frozen=True)
class Fetched:
    """What was written."""

    rows: int
    sha256: str


def ask(user: User, kind: str, purpose: str, recipient: str) -> ExportRequest:
    """Ask for an export.

    Args:
        user: Who asks and will fetch it.
        kind: One of `ExportKind`.
        purpose: One of `ExportPurpose`.
        recipient: The body that gets it; never a person of the data.

    Raises:
        ReviewError: The role may not, or something is missing.
    """
    permissions.require(user, permissions.EXPORT_REQUEST)
    recipient = " ".join(recipient.split())
    if kind not in ExportKind.values or purpose not in ExportPurpose.values:
        raise ReviewError("unknown_kind", "There is no such export or purpose")
    if not recipient or len(recipient) > RECIPIENT_LENGTH or "\x00" in recipient:
        raise ReviewError("recipient", "An export needs a recipient", f"Name the body in {RECIPIENT_LENGTH} characters")
    with transaction.atomic():
        made = ExportRequest.objects.create(
            kind=kind, purpose=purpose, recipient=recipient, requested_by=user, requested_at=timezone.now()
        )
        audit.append(str(user.pk), "export.asked", "export", str(made.pk), {"kind": kind, "purpose": purpose})
    return made


def decide(user: User, request_id: int, *, allowed: bool) -> None:
    """Allow or refuse an export that somebody else has asked for.

    Raises:
        ReviewError: The role may not, the request is one's own, decided already or unknown.
    """
    permissions.require(user, permissions.EXPORT_DECIDE)
    with transaction.atomic():
        asked = _locked(request_id)
        if asked.requested_by_id == user.pk:
            raise ReviewError("own_request", "Nobody allows their own export", "Ask another person")
        if asked.allowed is not None:
            raise ReviewError("decided", "This export has been decided already")
        asked.allowed, asked.decided_by, asked.decided_at = allowed, user, timezone.now()
        asked.save(update_fields=["allowed", "decided_by", "decided_at"])
        action = "export.allowed" if allowed else "export.refused"
        audit.append(str(user.pk), action, "export", str(asked.pk), {"kind": asked.kind})


def fetch(user: User, request_id: int, stream: TextIO) -> Fetched:
    """Write an allowed export as CSV, once; every candidate or identity in it is logged.

    Args:
        user: Who asked for it.
        request_id: The request.
        stream: Gets the rows; opened with `newline=""`.

    Raises:
        ReviewError: Not allowed, not theirs, fetched already, or allowed more than a day ago.
    """
    permissions.require(user, permissions.EXPORT_REQUEST)
    with transaction.atomic():
        asked = _locked(request_id)
        _require_ready(asked, user)
        sink = _Sink(stream)
        seen = field_access.of_person(user)
        if asked.kind == ExportKind.CANDIDATES:
            _write(sink, CANDIDATE_COLUMNS, _candidates(seen), user, asked)
        elif asked.kind == ExportKind.TRANSFERS:
            _write(sink, transfer_evidence.COLUMNS, transfer_evidence.rows(seen), user, asked)
        else:
            _write(sink, IDENTITY_COLUMNS, _identities(seen), user, asked)
        asked.fetched_at, asked.rows, asked.sha256 = timezone.now(), sink.rows, sink.digest.hexdigest()
        asked.save(update_fields=["fetched_at", "rows", "sha256"])
        facts = {"kind": asked.kind, "rows": asked.rows, "sha256": asked.sha256}
        audit.append(str(user.pk), "export.fetched", "export", str(asked.pk), facts)
    return Fetched(sink.rows, asked.sha256)


def listing(user: User, limit: int = 50) -> list[Request]:
    """Return the newest requests: all for those who decide on them, else one's own.

    Raises:
        ReviewError: The role has nothing to do with exports.
    """
    decides = permissions.may(user, permissions.EXPORT_DECIDE)
    if not decides:
        permissions.require(user, permissions.EXPORT_REQUEST)
    found = ExportRequest.objects.select_related("requested_by", "decided_by").order_by("-requested_at", "-pk")
    if not decides:
        found = found.filter(requested_by=user)
    return [
        Request(
            asked.pk,
            asked.kind,
            asked.purpose,
            asked.recipient,
            asked.requested_by.username,
            asked.requested_at,
            asked.decided_by.username if asked.decided_by else "",
            _state(asked),
            asked.rows,
            asked.sha256,
            asked.requested_by_id == user.pk,
        )
        for asked in found[:limit]
    ]


class _Sink:
    """A stream that counts rows and bytes on their way."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.rows = 0
        self.digest = hashlib.sha256()

    def write(self, text: str) -> int:
        """Pass one line on."""
        self.digest.update(text.encode())
        return self.stream.write(text)


def _write(
    sink: _Sink, columns: tuple[str, ...], rows: Iterator[tuple[str, tuple[Any, ...]]], user: User, asked: ExportRequest
) -> None:
    writer = csv.writer(sink)
    writer.writerow(columns)
    given: list[str] = []
    for number, row in rows:
        writer.writerow([harmless(value) for value in row])
        sink.rows += 1
        if not given or given[-1] != number:
            given.append(number)
        if len(given) >= LOGGED_AT_ONCE:
            _log(user, asked, given)
            given = []
    if given:
        _log(user, asked, given)


def _log(user: User, asked: ExportRequest, numbers: list[str]) -> None:
    audit.append(str(user.pk), "export.given", "export", str(asked.pk), {asked.kind: numbers})


CANDIDATES = SQL("""
WITH withheld AS MATERIALIZED (SELECT DISTINCT source_id, key FROM registry_withheldrow)
SELECT c.id,
       ls.slug, l.key, coalesce(nullif(lb.config_sha256, ''), ls.config_sha256),
       rs.slug, r.key, coalesce(nullif(rb.config_sha256, ''), rs.config_sha256),
       c.weight, c.probability, c.calibrated_probability, c.scenario, c.status, {columns}
FROM registry_candidate c
JOIN registry_record l ON l.id = c.left_id JOIN registry_source ls ON ls.id = l.source_id
JOIN registry_record r ON r.id = c.right_id JOIN registry_source rs ON rs.id = r.source_id
JOIN registry_batch lb ON lb.id = l.batch_id JOIN registry_batch rb ON rb.id = r.batch_id
{with_keys}
WHERE c.status <> 'superseded'
  AND NOT EXISTS (SELECT 1 FROM withheld w WHERE w.source_id = l.source_id AND w.key = l.key)
  AND NOT EXISTS (SELECT 1 FROM withheld w WHERE w.source_id = r.source_id AND w.key = r.key)
ORDER BY c.probability DESC, c.id
""").format(
    columns=SQL(", ").join(map(sealed_rows.sealed, "lr")),
    with_keys=SQL(" ").join(map(sealed_rows.with_key, "lr")),
)


def _candidates(seen: frozenset[field_access.FieldClass]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    opened, wide = sealed_rows.Records(), sealed_rows.COLUMNS
    with connection.chunked_cursor() as cursor:
        cursor.execute(CANDIDATES)
        while found := cursor.fetchmany(5_000):
            for number, *told in found:
                both, left, right = told[: -2 * wide], told[-2 * wide : -wide], told[-wide:]
                sides = (*both[:3], opened.payload(left)["written"]), (*both[3:6], opened.payload(right)["written"])
                yield str(number), (*_side(sides[0], seen), *_side(sides[1], seen), *both[6:])


def _side(side: tuple[str, str, str, dict[str, Any]], seen: frozenset[field_access.FieldClass]) -> tuple[str, ...]:
    slug, key, description, written = side
    needed = disclosure.of_key(disclosure.of_description(description), written, key)
    told = key if disclosure.may_tell(needed, seen) else field_access.WITHHELD
    named = field_access.only(written, seen)
    return disclosure.reference(slug, key), slug, told, *_named(named)


def _named(written: dict[str, Any]) -> tuple[str, str]:
    parts = (values.as_text(written.get(part)) for part in ("surname", "given", "patronymic"))
    name = values.as_text(written.get("full_name")) or " ".join(part for part in parts if part)
    return name, values.as_text(written.get("birth_date"))


def _identities(seen: frozenset[field_access.FieldClass]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    after = None
    unions.settle_due()
    while page := identities.page(after, 200, for_tracing=True, seen=seen):
        for identity in page:
            for field, found in identity.values.items():
                for value in found:
                    place = "; ".join(f"{name} {part}" for name, part in value.locator.to_json().items())
                    yield (
                        str(identity.id),
                        (
                            str(identity.id), field, value.value, value.original, value.romanised, value.source,
                            value.evidence_sha256, place, value.observed_on or "", value.status,
                        ),
                    )  # fmt: skip
            for field in identity.withheld:
                unsaid = field_access.WITHHELD
                yield str(identity.id), (str(identity.id), field, unsaid, unsaid, "", "", "", "", "", unsaid)
        after = page[-1].id


def _locked(request_id: int) -> ExportRequest:
    found = ExportRequest.objects.select_for_update().filter(pk=request_id).first()
    if found is None:
        raise ReviewError("unknown", "There is no such export request")
    return found


def _require_ready(asked: ExportRequest, user: User) -> None:
    if asked.requested_by_id != user.pk:
        raise ReviewError("not_own", "An export is fetched by the person who asked for it")
    state = _state(asked)
    if state != "allowed":
        raise ReviewError(state, f"This export is {state}", "Ask again" if state in ("expired", "fetched") else "")


def _state(asked: ExportRequest) -> str:
    if asked.fetched_at is not None:
        return "fetched"
    if asked.allowed is None or asked.decided_at is None:
        return "waiting"
    if not asked.allowed:
        return "refused"
    return "expired" if asked.decided_at + VALID_FOR < timezone.now() else "allowed"
