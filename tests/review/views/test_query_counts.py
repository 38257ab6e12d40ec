"""A page of a list asks the database as often with thirty rows as with three."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry import testimonies
from registry.evidence import custody, inventory
from registry.evidence.custody import CollectionFacts
from registry.ingestion import snapshots
from registry.models import (
    ExportRequest,
    GoldItem,
    GroupKind,
    RecordChange,
    RecordGroup,
    Review,
    RosterMeeting,
    Testimony,
    User,
)
from registry.models.audit import AuditEntry

pytestmark = pytest.mark.django_db

FEW, MORE = 3, 27
PAGES = {
    "/": "lead",
    "/nothing/": "lead",
    "/groups/": "lead",
    "/decisions/": "lead",
    "/exports/": "lead",
    "/documents/": "lead",
    "/quality/": "lead",
    "/openings/": "lead",
    "/accounts/": "admin",
    "/log/": "auditor",
}
LISTS: dict[str, Callable[[], Any]] = {
    "inventory": lambda: inventory.page(None, 100),
    "inventory of a source": lambda: inventory.page("family_reports", 100),
    "testimonies": lambda: testimonies.page(limit=100),
    "changes": lambda: snapshots.page(limit=100),
}


def fill(stock: Any, viewer: User, count: int) -> None:
    """Add rows to every list: verdicts, gold items, exports, documents, accounts, log, evidence, groups, changes."""
    for _ in range(count):
        pair, golden = stock.candidate(), stock.candidate()
        stock.judge(pair, "same", by=[viewer])
        other = stock.user("data")
        GoldItem.objects.create(candidate=golden, answer="same", planted_by=other, planted_at=timezone.now())
        ExportRequest.objects.create(
            kind="identities", purpose="check", recipient="an archive", requested_by=other, requested_at=timezone.now()
        )
        record = pair.left
        collected = CollectionFacts(
            collected_by="tests", collected_at=timezone.now(), collected_how="made", collected_from="nowhere",
            legal_basis="consent", handling_code="restricted",
        )  # fmt: skip
        custody.acquired(record.evidence, record.source, collected)
        paper = Testimony.objects.create(
            evidence=record.evidence, kind="document", handling_code="restricted", record=record, actor="tests",
            added_by=other, added_at=timezone.now(),
        )  # fmt: skip
        stock.record(key=f"{paper.pk}/1", batch=record.batch)
        RecordChange.objects.create(
            source=record.source, key=record.key, kind="changed", from_record=record, to_record=record,
            batch=record.batch, recorded_at=timezone.now(),
        )  # fmt: skip
        meeting(stock, len(str(other.pk)) + other.pk)


def meeting(stock: Any, number: int) -> None:
    """Make a meeting of two rosters with two pairs that wait."""
    transfer, institution = f"{number:032x}", f"{number + 2**40:032x}"
    met = RosterMeeting.objects.create(transfer=transfer, institution=institution)
    for _ in range(2):
        pair = stock.candidate(meeting=met, probability=0.99)
        RecordGroup.objects.create(record=pair.right, kind=GroupKind.TRANSFER, digest=transfer)
        RecordGroup.objects.create(record=pair.left, kind=GroupKind.INSTITUTION, digest=institution)


def queries(ask: Callable[[], Any]) -> list[str]:
    """Return the queries that a second look asks; the first one fills caches."""
    ask()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ask()
    return [query["sql"] for query in asked.captured_queries]


def test_a_page_asks_as_often_for_thirty_rows_as_for_three(stock, sign_in):
    clients = {role: sign_in(role, role) for role in sorted(set(PAGES.values()))}
    viewer = User.objects.get(username="lead")

    def page(path: str) -> Callable[[], Any]:
        def ask() -> None:
            answer = clients[PAGES[path]].get(path)
            assert answer.status_code == 200, path

        return ask

    asked = {path: page(path) for path in PAGES} | LISTS
    fill(stock, viewer, FEW)
    few = {name: queries(ask) for name, ask in asked.items()}
    fill(stock, viewer, MORE)
    more = {name: queries(ask) for name, ask in asked.items()}
    assert Review.objects.count() == FEW + MORE and AuditEntry.objects.count() > FEW + MORE
    assert {name: (len(few[name]), len(more[name])) for name in asked if len(few[name]) != len(more[name])} == {}


def test_the_lists_are_as_long_as_they_should_be(stock):
    fill(stock, stock.user("lead"), FEW)
    held, total = inventory.page("family_reports", 100)
    assert len(held) == total >= FEW and all(row.source == "family_reports" and row.rows == 0 for row in held)
    papers, count = testimonies.page()
    assert count == FEW and [paper.facts for paper in papers] == [1] * FEW
