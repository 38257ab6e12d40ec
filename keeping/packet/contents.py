"""What a packet holds: bytes, values with their places, custody, verdicts, and the log that binds them all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from keeping.erasure.targets import Target
from registry.errors import RegistryError
from registry.models import CustodyEntry, IdentityEvent, IdentityMember, Judgement, Record, Review, Says, Scope
from registry.provenance import values

_COLUMNS = re.compile(r"jsonb_build_array\((.*)\)::text", re.DOTALL)

BINDS = """
SELECT DISTINCT ON (object_id) object_id, seq, data ->> 'hash' FROM registry_auditentry
WHERE action = %s AND object_id = ANY(%s) ORDER BY object_id, seq DESC
"""

CUSTODY = """
SELECT entry.id, {head}, entry.hash, a.seq, entry.facts ? 'erased'
FROM registry_custodyentry entry JOIN registry_evidence v ON v.id = entry.evidence_id
JOIN registry_auditentry a ON a.object_type = 'evidence' AND a.object_id = v.sha256
    AND a.action = 'custody.' || entry.act AND a.data ->> 'entry' = entry.id::text
WHERE v.sha256 = ANY(%s) ORDER BY entry.id
"""

CHAIN = """
SELECT seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor, action, object_type, object_id,
       prev_hash, data::text, hash
FROM registry_auditentry WHERE seq BETWEEN %s AND %s ORDER BY seq
"""


@dataclass(frozen=True)
class About:
    """What a packet is about: versions of rows that people verified, and the identity that holds them, if any."""

    records: list[Record]
    identity: UUID | None


def about(target: Target) -> About:
    """Return the records of a row or an identity, as people verified them.

    Raises:
        RegistryError: A packet is not about a whole source, or nothing is left of the row or the identity.
    """
    found = Record.objects.select_related("source", "batch", "evidence").exclude(fingerprint="")
    if target.scope == Scope.IDENTITY:
        members = IdentityMember.objects.filter(identity_id=target.identity or "")
        records = list(found.filter(pk__in=members.values("record_id")).order_by("pk"))
    elif target.scope == Scope.RECORD and target.row is not None:
        first = Record.objects.get(pk=target.row)
        records = list(found.filter(source_id=first.source_id, key=first.key).order_by("-version")[:1])
    else:
        raise RegistryError("A packet is about one row or one identity", "", "Name a record or the id of an identity")
    if not records:
        raise RegistryError("Nothing is left of this", "", "It was erased, or taken back")
    return About(records, target.identity)


def of_records(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Return records with each value as written and its place."""
    return [
        {
            "record": record.pk,
            "version": record.version,
            "evidence_sha256": record.evidence.sha256,
            "observed_on": record.observed_on.isoformat() if record.observed_on else None,
            "legal_basis": record.batch.legal_basis,
            "values": [
                {
                    "field": value.field,
                    "original": str(value.original),
                    "read_as": value.value,
                    "locator": value.locator.to_json(),
                }
                for value in values.of_record(record)
                if value.original
            ],
        }
        for record in records
    ]


def verdicts(what: About) -> list[dict[str, Any]]:
    """Return both verdicts on each pair that holds an identity together, the judgements, and what was told of it."""
    if what.identity is None:
        return []
    rows = list(IdentityMember.objects.filter(identity_id=what.identity).values_list("row_id", flat=True))
    held = Judgement.objects.filter(left_id__in=rows, right_id__in=rows, says__in=[Says.SAME, Says.TWICE])
    pairs = list(held.exclude(candidate=None).values_list("candidate_id", flat=True))
    reviews = Review.objects.filter(candidate_id__in=pairs, withdrawal__isnull=True).values_list("pk", flat=True)
    return [
        *bound("verdict", "review", "id", list(reviews)),
        *bound("judgement", "judgement", "id", list(held.values_list("pk", flat=True))),
        *bound("event", "identityevent", "seq", _events(what.identity)),
    ]


def bound(what: str, table: str, key: str, numbers: list[int]) -> list[dict[str, Any]]:
    """Return rows of a table as the very text that the database hashes into the log, with the row that binds each."""
    with connection.cursor() as cursor:
        text = _hashed_text(f"registry_{table}_hash")
        cursor.execute(f"SELECT r.{key}, {text} FROM registry_{table} r WHERE r.{key} = ANY(%s) ORDER BY 1", [numbers])  # noqa: S608 - names of our own
        texts = cursor.fetchall()
        cursor.execute(BINDS, [f"bound.{table}", [str(number) for number in numbers]])
        binds = {number: (seq, digest) for number, seq, digest in cursor.fetchall()}
    return [
        {"what": what, "id": number, "text": said, "audit_seq": binds[str(number)][0], "hash": binds[str(number)][1]}
        for number, said in texts
    ]


def custody(evidence: Iterable[str]) -> list[dict[str, Any]]:
    """Return the custody log of some evidence, likewise: each entry's words as the database wrote them to hash them."""
    named = list(evidence)
    words = {entry.pk: entry.facts for entry in CustodyEntry.objects.filter(evidence__sha256__in=named)}
    found = []
    with connection.cursor() as cursor:
        cursor.execute(CUSTODY.format(head=_hashed_text("registry_custody_hash")), [named])
        for number, text, digest, seq, erased in cursor.fetchall():
            told = {"what": "custody entry", "id": number, "text": text, "audit_seq": seq, "hash": digest}
            if erased:
                found.append(told | {"erased": True})
                continue
            cursor.execute("SELECT %s::jsonb::text", [json.dumps(words[number])])
            found.append(told | {"facts": cursor.fetchone()[0]})
    return found


def chain(first: int, last: int) -> Iterator[str]:
    """Yield the rows of the log, each as one line of JSON with the very text that was hashed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CHAIN, [first, last])
        while rows := cursor.fetchmany(5_000):
            for *head, data, digest in rows:
                yield json.dumps({"head": json.dumps(head, ensure_ascii=False), "data": data, "hash": digest})


def _hashed_text(function: str) -> str:
    """Return the expression whose text a function of the database hashes, from the function itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [function])
        (source,) = cursor.fetchone()
    hit = _COLUMNS.search(source)
    assert hit is not None
    return f"jsonb_build_array({hit[1]})::text"


def _events(identity: UUID) -> list[int]:
    return list(IdentityEvent.objects.filter(identity_id=identity).order_by("seq").values_list("seq", flat=True))
