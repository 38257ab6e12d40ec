"""The custody log: who got, read, opened and gave out which evidence.

Each entry's words stand in its own table; its hash stands in the audit chain, written by the database in the same
transaction. So the chain names nobody, and still a changed, removed or added entry shows.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from keys import KeysError
from registry import actors, storable
from registry.errors import RegistryError
from registry.models import Batch, CustodyAct, CustodyEntry, Evidence, Record, Source, User

NOT_STATED = "not stated"
PURPOSE_LENGTH = 300


@dataclass(frozen=True)
class Actor:
    """Who does something: an account that has signed in, or the machine's account at the command line.

    `stated` is the name under which somebody at the command line says to act. It is kept with the act, and never
    stands for an account: nothing proves it.
    """

    name: str
    user: User | None = None
    stated: str = ""

    @classmethod
    def operator(cls, stated: str = "") -> Actor:
        """Return the machine's account that runs this process."""
        return cls(actors.operator(), None, stated)

    @property
    def words(self) -> str:
        """The actor as people read it."""
        return f"{self.name} for {self.stated}" if self.stated else self.name


@dataclass(frozen=True)
class Entry:
    """One entry as listed."""

    id: int
    evidence_sha256: str
    act: str
    at: datetime
    actor: str
    source: str
    batch_id: int | None
    record_id: int | None
    facts: dict[str, Any]
    hash: str
    audit_seq: int | None


def log(
    act: CustodyAct,
    evidence: Evidence,
    actor: Actor,
    facts: Mapping[str, Any],
    *,
    source: Source | None = None,
    batch: Batch | None = None,
    record: Record | None = None,
) -> CustodyEntry:
    """Add an entry within the caller's transaction, as its last step: the audit chain is held from here on."""
    entry = CustodyEntry(
        evidence=evidence,
        act=act,
        at=timezone.now(),
        actor=storable.text(actor.name)[:200],
        user=actor.user,
        source=source,
        batch=batch,
        record=record,
    )
    entry.facts = dict(facts) | ({"stated_by": storable.text(actor.stated)} if actor.stated else {})
    entry.save()
    return entry


def acquire(evidence_sha256: str, source: Source, collected: CollectionFacts, actor: Actor | None = None) -> None:
    """Log that stored evidence was got for a source, in a transaction of its own."""
    with transaction.atomic():
        Source.objects.select_for_update(no_key=True).get(pk=source.pk)
        acquired(Evidence.objects.get(sha256=evidence_sha256), source, collected, actor)


def acquired(evidence: Evidence, source: Source, collected: CollectionFacts, actor: Actor | None = None) -> None:
    """Log that evidence was got for a source, once for the same facts; part of the caller's transaction.

    `actor` is who brings it in, unset: the machine's account. Who is said to have got it stands in the facts.
    """
    facts = {
        "by": collected.collected_by,
        "how": collected.collected_how,
        "from": collected.collected_from,
        "legal_basis": collected.legal_basis or source.legal_basis or NOT_STATED,
        "handling_code": collected.handling_code or source.handling_code or NOT_STATED,
        "file_name": collected.file_name,
    }
    facts = {name: storable.text(text) for name, text in facts.items()}
    known = CustodyEntry.objects.filter(evidence=evidence, source=source, act=CustodyAct.ACQUIRE)
    if not any(facts.items() <= entry.facts.items() for entry in known):
        when = {"when": collected.collected_at.isoformat(timespec="seconds")}
        log(CustodyAct.ACQUIRE, evidence, actor or Actor.operator(), facts | when, source=source)


def file_name(evidence: Evidence, source: Source) -> str:
    """Return the name under which evidence was delivered for a source, a plain word when nobody knows it.

    It may hold a name: it is for the data team only, and never for a log.
    """
    entries = CustodyEntry.objects.filter(evidence=evidence, source=source, act=CustodyAct.ACQUIRE).order_by("-id")
    names = (str(entry.facts.get("file_name", "")) for entry in entries)
    return next(filter(None, names), "evidence")


def purpose_of(text: str) -> str:
    """Return a stated purpose, fit to be kept.

    Raises:
        RegistryError: Nothing is stated.
    """
    stated = " ".join(storable.text(text).split())
    if len(stated) < 3:
        raise RegistryError(
            "Opening evidence needs a stated purpose", "", "Say in a few words what for, without naming the child"
        )
    return stated[:PURPOSE_LENGTH]


def opened(sha256: str, actor: Actor, purpose: str, record: Record | None = None, **facts: Any) -> None:
    """Log that the content of evidence is shown to somebody, before it is shown.

    Raises:
        RegistryError: No purpose is stated.
    """
    _given_out(CustodyAct.OPEN, sha256, actor, {"purpose": purpose_of(purpose), **facts}, record)


def exported(sha256: str, actor: Actor, purpose: str, record: Record | None = None) -> None:
    """Log that bytes of evidence are given out, before they are.

    Raises:
        RegistryError: No purpose is stated.
    """
    _given_out(CustodyAct.EXPORT, sha256, actor, {"purpose": purpose_of(purpose)}, record)


def _given_out(act: CustodyAct, sha256: str, actor: Actor, facts: Mapping[str, Any], record: Record | None) -> None:
    with transaction.atomic():
        evidence = Evidence.objects.get(sha256=sha256)
        log(act, evidence, actor, facts, source=record.source if record else None, record=record)


IN_LOG = """
SELECT c.id, a.seq FROM registry_custodyentry c JOIN registry_evidence e ON e.id = c.evidence_id
JOIN registry_auditentry a ON a.object_type = 'evidence' AND a.object_id = e.sha256
    AND a.action = 'custody.' || c.act AND a.data ->> 'entry' = c.id::text
WHERE e.sha256 = %s
"""


def of_evidence(sha256: str) -> list[Entry]:
    """Return the log of one piece of evidence in order, each entry with its row of the audit log."""
    with connection.cursor() as cursor:
        cursor.execute(IN_LOG, [sha256])
        in_log = dict(cursor.fetchall())
    return [
        Entry(
            entry.pk,
            sha256,
            entry.act,
            entry.at,
            entry.actor,
            entry.source.slug if entry.source else "",
            entry.batch_id,
            entry.record_id,
            entry.facts,
            entry.hash,
            in_log.get(entry.pk),
        )
        for entry in CustodyEntry.objects.select_related("source").filter(evidence__sha256=sha256).order_by("pk")
    ]


BROKEN = """
SELECT coalesce(a.seq, 0), c.id,
       CASE WHEN a.seq IS NULL THEN 'has no row in the audit log'
            WHEN c.id IS NULL AND a.entry IS NOT NULL AND a.entry ~ '^[0-9]+$' THEN 'was removed'
            WHEN c.id IS NULL THEN 'never was: the row names no entry'
            ELSE %(changed)s END
FROM registry_custodyentry c
FULL JOIN (SELECT seq, data ->> 'entry' AS entry, data ->> 'hash' AS hash FROM registry_auditentry
           WHERE object_type = 'evidence' AND action LIKE 'custody.%%') a ON a.entry = c.id::text
WHERE a.seq IS NULL OR c.id IS NULL OR a.hash IS DISTINCT FROM c.hash OR c.id = ANY(%(differing)s)
    -- Words that an erasure took are gone; the hash of them stays in the chain.
    OR c.facts <> '{}' AND NOT EXISTS (
        SELECT 1 FROM registry_erasure e WHERE e.allowed AND c.facts = jsonb_build_object('erased', e.id))
ORDER BY c.id, a.seq LIMIT %(limit)s
"""

# What an entry says is told to the database for the comparison alone.
DIFFERING = """
SELECT c.id FROM unnest(%s::bigint[], %s::jsonb[]) AS told(id, facts) JOIN registry_custodyentry c ON c.id = told.id
WHERE c.hash <> registry_custody_hash_of(c, told.facts)
"""
_CHANGED = "was changed after it was written"
_TOGETHER = 2_000


@dataclass(frozen=True)
class BrokenEntry:
    """The first custody entry that does not fit its row of the audit log."""

    entry_id: int | None
    audit_seq: int | None
    why: str


def broken(limit: int = 20) -> list[BrokenEntry]:
    """Hold every custody entry against its hash and the audit log, and return the first that do not fit.

    Of one whose words were destroyed the hash is held against the log alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(BROKEN, {"limit": limit, "changed": _CHANGED, "differing": _differing()})
        return [BrokenEntry(entry, seq or None, why) for seq, entry, why in cursor.fetchall()]


def _differing() -> list[int]:
    """Return the entries whose words are not those of their hash."""
    found, after = [], 0
    while entries := list(CustodyEntry.objects.filter(pk__gt=after).order_by("pk")[:_TOGETHER]):
        after = entries[-1].pk
        told = {}
        for entry in entries:
            try:
                told[entry.pk] = storable.dumps(entry.facts) if entry.has_key else None
            except KeysError:
                found.append(entry.pk)
        known = {number: facts for number, facts in told.items() if facts is not None}
        with connection.cursor() as cursor:
            cursor.execute(DIFFERING, [list(known), list(known.values())])
            found += [number for (number,) in cursor.fetchall()]
    return found


def first_broken() -> BrokenEntry | None:
    """Return the first custody entry that does not fit."""
    return next(iter(broken(1)), None)


@dataclass(frozen=True)
class CollectionFacts:
    """Custody: who got the list, when, how and from where, and on which terms (unset: those of the source).

    `file_name` is the name under which it was delivered; it is kept in the custody log and with rows
    that go to quarantine.
    """

    collected_by: str
    collected_at: datetime
    collected_how: str
    collected_from: str
    legal_basis: str = ""
    handling_code: str = ""
    file_name: str = ""

    @classmethod
    def stated(
        cls,
        how: str,
        origin: str,
        by: str = "",
        at: datetime | None = None,
        legal_basis: str = "",
        handling_code: str = "",
    ) -> CollectionFacts:
        """Return what somebody says of a file: got by whoever runs this process, and now, unless said otherwise."""
        return cls(by or getpass.getuser(), at or timezone.now(), how, origin, legal_basis, handling_code)
