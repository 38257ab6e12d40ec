"""One embedded PostgreSQL in a temporary home for the whole session; nothing starts until a test asks for the database.

The home is made before any test module is imported. Under xdist the workers inherit it, share the server, and each
has a database of its own.
"""

from __future__ import annotations

import atexit
import hashlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import settings as hypothesis_settings

from configs.settings import settings

if TYPE_CHECKING:
    from registry.models import Batch, Candidate, Consumer, Record, Source, User
    from review.verdicts.decisions import Decision

if "PYTEST_XDIST_WORKER" not in os.environ:
    _home = Path(tempfile.mkdtemp(prefix="ridni-test-"))
    os.environ["RIDNI_HOME"] = str(_home)
    os.environ.pop("RIDNI_DATABASE_URL", None)
    os.environ["RIDNI_UNDO_SECONDS"] = "0"  # tests that wait for an identity say so themselves

    def _remove() -> None:
        from registry.database import embedded

        if (_home / "postgres").exists():
            embedded.stop(_home / "postgres")
        shutil.rmtree(_home, ignore_errors=True)

    atexit.register(_remove)
elif not Path(os.environ["RIDNI_HOME"]).name.startswith("gw"):
    # Each worker has a database of its own, so evidence of its own as well: a piece is sealed with one database's key.
    _home = Path(os.environ["RIDNI_HOME"]) / os.environ["PYTEST_XDIST_WORKER"]
    _home.mkdir(mode=0o700)
    (_home.parent / "postgres").mkdir(mode=0o700, exist_ok=True)
    (_home / "postgres").symlink_to(_home.parent / "postgres")
    os.environ["RIDNI_HOME"] = str(_home)
settings.cache_clear()
# No test is timed: on a busy machine a slow example says nothing of the code.
hypothesis_settings.register_profile("ridni", deadline=None)
hypothesis_settings.load_profile("ridni")


@pytest.fixture(scope="session", autouse=True)
def _database_for_tests() -> Iterator[None]:
    """Let the flush after a transactional test empty tables that refuse it to others, and the end drop the database.

    Threads of a live server and event loops of a browser may still hold connections then.
    """
    from django.db.backends.postgresql.creation import DatabaseCreation
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush

    def unguarded(self: DatabaseOperations, sql_list: list[str]) -> None:
        flush(self, ["SET session_replication_role = replica", *sql_list, "SET session_replication_role = origin"])

    def drop(self: DatabaseCreation, test_database_name: str, verbosity: int) -> None:
        with self._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {self.connection.ops.quote_name(test_database_name)} WITH (FORCE)")

    patch = pytest.MonkeyPatch()
    patch.setattr("registry.database.roles.connects_as_owner", lambda: True)  # makes databases and empties tables
    patch.setattr(DatabaseCreation, "_destroy_test_db", drop)
    patch.setattr(DatabaseOperations, "execute_sql_flush", unguarded)
    patch.setattr("django.contrib.auth.hashers.PBKDF2PasswordHasher.iterations", 1000)
    yield
    patch.undo()


class Stock:
    """Makes small registries for tests: sources, records, candidates, people."""

    def __init__(self) -> None:
        self.serial = itertools.count(1)

    def source(self, slug: str = "family_reports", **facts: Any) -> Source:
        """Return the source of this slug."""
        from registry.ingestion import sources

        defaults = {"title": slug.replace("_", " "), "source_class": "family_report", "side": "family"}
        defaults |= {"legal_basis": "consent", "handling_code": "restricted", "config_sha256": ""}
        return sources.register(sources.SourceFacts(slug=slug, **(defaults | facts)))

    def batch(self, slug: str = "family_reports", **facts: Any) -> Batch:
        """Return a batch of a source with evidence of its own."""
        from registry.models import Batch, Evidence

        sha256 = hashlib.sha256(f"{slug} {next(self.serial)}".encode()).hexdigest()
        now = timezone.now()
        return Batch.objects.create(
            source=self.source(slug, **facts),
            evidence=Evidence.objects.create(sha256=sha256, size=1),
            collected_by="tests",
            collected_at=now,
            collected_how="made",
            collected_from="nowhere",
            started_at=now,
        )

    def record(self, written: dict[str, Any] | None = None, *, batch: Batch | None = None, **more: Any) -> Record:
        """Return a record; `written` defaults to a fictional name."""
        from registry import storable
        from registry.models import Record

        batch = batch or self.batch()
        number = next(self.serial)
        written = written or {"full_name": "Вигаданенко Зоряна", "birth_date": "01.02.2012"}
        payload = {"written": written, "values": more.pop("values", {}), "romanised": more.pop("romanised", {})}
        facts = {
            "key": f"K{number}",
            "locator": {"sheet": "1", "row": number, "cells": dict.fromkeys(written, f"A{number}")},
            "fingerprint": storable.fingerprint(written),
            "payload": payload,
        }
        return Record.objects.create(source=batch.source, batch=batch, evidence=batch.evidence, **(facts | more))

    def candidate(self, left: Record | None = None, right: Record | None = None, **more: Any) -> Candidate:
        """Return an open candidate of two records."""
        from registry.linkage import explanations
        from registry.linkage.explanation_rows import BITS, Packer, squeezed
        from registry.models import Candidate, Run

        packer = Packer()
        said = {"field": "surname", "level": "IDENTICAL", "bits": 7.5, "code": "identical", "sentence": "one spelling"}
        levels, bits = packer.pack(more.pop("explanation", [said]))
        rows = np.frombuffer(levels, np.int8)[np.newaxis], np.frombuffer(bits, BITS)[np.newaxis]
        ((_, (reasons,)),) = squeezed(packer.layout, *rows)
        layout = explanations.register(packer.layout)
        run = more.pop("run", None) or Run.objects.filter(layout__in=[layout.pk]).first()
        run = run or Run.objects.create(kind="link", manifest={}, started_at=timezone.now())
        run.layout = layout
        run.save(update_fields=["layout"])
        facts = {"weight": 9.0, "probability": 0.9, "scenario": "plain", "reasons": reasons.tobytes(), "run": run}
        return Candidate.objects.create(
            left=left or self.record(), right=right or self.record(batch=self.batch("cards")), **(facts | more)
        )

    def user(self, role: str = "verifier", **more: Any) -> User:
        """Return an account without a usable password."""
        from registry.models import User

        return User.objects.create(username=f"person{next(self.serial)}", role=role, **more)

    def consumer(self, name: str = "case system", scopes: Sequence[str] = (), **facts: Any) -> Consumer:
        """Return a consumer of the feed with allowed terms; a known one gets these terms."""
        from registry.access import consumers

        terms = {"purpose": "tracing", "basis": "Protocol 7 of a fictional body", "scopes": scopes} | facts
        asked = consumers.ask(self.user("lead"), name, **terms)
        return consumers.decide(self.user("auditor"), asked.pk, allowed=True).consumer

    def token(self, name: str = "case system", scopes: Sequence[str] = (), **facts: Any) -> str:
        """Return a token of such a consumer."""
        from registry.access import tokens

        return tokens.issue(self.consumer(name, scopes, **facts).name)

    def judge(self, candidate: Candidate, *verdicts: str, by: Sequence[User] = ()) -> Decision:
        """Let as many people as there are verdicts judge one candidate; the last decision."""
        from registry.models import REASONS, Candidate
        from review.verdicts import decisions

        people = by or [self.user("lead") for _ in verdicts]
        for person, verdict in zip(people, verdicts, strict=True):
            lease = timezone.now() + timedelta(minutes=5)
            Candidate.objects.filter(pk=candidate.pk).update(reserved_by=person, reserved_until=lease)
            decision = decisions.decide(person, candidate.pk, verdict, REASONS[verdict][0])
        return decision


@pytest.fixture
def stock() -> Stock:
    """Return a maker of small registries; use it with `db` or `transactional_db`."""
    return Stock()
