"""Linking anew with another model, and what became of identities, decided pairs and the queue."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from benchmarks.home import processor_seconds
from benchmarks.identities import register


@dataclass(frozen=True)
class Change:
    """What a run with another model did.

    Attributes:
        title: What was changed.
        seconds: Of the whole run.
        processor: Processor seconds of it, of the database too.
        lost: Identities that stood before and stand no more.
        moved: Identities with other records than before.
        decided: Decided pairs that the run proposed again.
        otherwise: Of all decided pairs, those that it sees otherwise; listed, not asked.
        asked: Waiting pairs between two rows of one identity.
        replayed: Whether the log of events, replayed, gives the tables.
    """

    title: str
    seconds: float
    processor: float
    lost: int
    moved: int
    decided: int
    otherwise: int
    asked: int
    replayed: bool


@dataclass(frozen=True)
class Measured:
    """How many records, identities and waiting pairs there were, and what each change did."""

    records: int
    identities: int
    waiting: int
    changes: tuple[Change, ...]


ASKED = """
SELECT count(*) FROM registry_candidate c JOIN registry_identitymember l ON l.shown_id = c.left_id
JOIN registry_identitymember r ON r.shown_id = c.right_id AND r.identity_id = l.identity_id
WHERE c.status IN ('open', 'second', 'disputed')
"""


def measure(identities: int, seed: int, folder: Path) -> Measured:
    """Make identities, and link anew by models of their own."""
    from configs.settings import CONFIGS
    from registry.models import Candidate, Identity, Record

    register.deliver(identities, seed, folder)
    text = _narrow((CONFIGS / "linkage" / "children.yaml").read_text(encoding="utf-8"))
    spec = folder / "first" / "children.yaml"
    spec.parent.mkdir()
    spec.write_text(text, encoding="utf-8")
    _link(spec)
    register.verify()
    counted = Record.objects.count(), Identity.objects.count(), Candidate.objects.filter(status="open").count()
    changes = [_change("trained anew, with the verdicts known", spec, folder)]
    changed = folder / "children.yaml"
    changed.write_text(
        text.replace("seed: 20260101", "seed: 7")
        .replace("patronymic: {kind: patronymic, weight: 0.9", "patronymic: {kind: patronymic, weight: 0.3")
        .replace("birth: {kind: date,", "birth: {kind: date, weight: 0.6,"),
        encoding="utf-8",
    )
    changes.append(_change("patronymic and birth weigh less, another seed", changed, folder))
    return Measured(*counted, tuple(changes))


def _narrow(spec: str) -> str:
    """Leave a spec the blocking rules that name the surname: what becomes of decided pairs needs no others.

    The others compare many more pairs, nearly all of them of two children.
    """
    head, rules, tail = spec.partition("  rules:\n")
    own, blank, rest = tail.partition("\n\n")
    kept = [line for line in own.splitlines() if "surname." in line]
    return head + rules + "\n".join(kept) + blank + rest


def _link(spec: Path) -> int:
    from pipelines.linkage import run as linking
    from pipelines.linkage.outcome import LinkRequest

    outcome = linking.run(LinkRequest(spec, again=True))
    assert outcome is not None
    return outcome.candidates.decided


def _change(title: str, spec: Path, home: Path) -> Change:
    from django.db import connection

    from registry.judgements import replay
    from registry.linkage import agreed_verdicts

    before, started, worked = _identities(), time.perf_counter(), processor_seconds(home)
    decided = _link(spec)
    seconds, processor, now = time.perf_counter() - started, processor_seconds(home) - worked, _identities()
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        (asked,) = cursor.fetchone()
    lost = sum(identity not in now for identity in before)
    changed = sum(identity in now and now[identity] != rows for identity, rows in before.items())
    return Change(
        title,
        seconds,
        processor,
        lost,
        changed,
        decided,
        otherwise=agreed_verdicts.count_moved(),
        asked=asked,
        replayed=replay.states() == replay.stored(),
    )


def _identities() -> dict[UUID, frozenset[int]]:
    from registry.models import IdentityMember

    found: dict[UUID, set[int]] = {}
    for identity, row in IdentityMember.objects.values_list("identity_id", "row_id").iterator():
        found.setdefault(identity, set()).add(row)
    return {identity: frozenset(rows) for identity, rows in found.items()}
