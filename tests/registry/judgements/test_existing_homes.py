"""A home from before the log of judgements: every id stays, what was verified stands, contradictions show."""

from __future__ import annotations

import itertools
import uuid

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from registry import proof
from registry.judgements import notes, replay
from registry.models import Contradiction, Identity, IdentityEvent, IdentityMember, Judgement, Review

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("registry", "0026_bucket_pages")]


@pytest.fixture
def old():
    """A database of its own, at the state before; the historical models to fill it with."""
    kept = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS test_before_judgements")
        cursor.execute("CREATE DATABASE test_before_judgements")
    connection.close()
    connection.settings_dict["NAME"] = "test_before_judgements"
    try:
        executor = MigrationExecutor(connection)
        executor.migrate(BEFORE)
        yield MigrationExecutor(connection).loader.project_state(BEFORE).apps
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE test_before_judgements WITH (FORCE)")


class Home:
    """Writes what the services of that time wrote."""

    def __init__(self, apps):
        self.model = lambda name: apps.get_model("registry", name)
        self.serial = itertools.count(1)
        now = timezone.now()
        self.people = [
            self.model("User").objects.create(username=f"person{n}", role="lead", is_active=True) for n in range(4)
        ]
        self.source = self.model("Source").objects.create(
            slug="list", title="list", source_class="family", side="seeking", legal_basis="x", handling_code="x",
            config_sha256="",
        )  # fmt: skip
        evidence = self.model("Evidence").objects.create(sha256="a" * 64, size=1)
        self.batch = self.model("Batch").objects.create(
            source=self.source, evidence=evidence, collected_by="x", collected_at=now, collected_how="x",
            collected_from="x", started_at=now,
        )  # fmt: skip
        self.run = self.model("Run").objects.create(kind="link", manifest={}, started_at=now)

    def record(self, key, version=1, current=True, **values):
        from registry import storable

        written = {"full_name": f"Вигаданенко {key}{version}"}
        return self.model("Record").objects.create(
            source=self.source, batch=self.batch, evidence=self.batch.evidence, key=key, version=version,
            is_current=current, locator={"row": next(self.serial)}, fingerprint=storable.fingerprint(written),
            payload={"written": written, "values": values, "romanised": {}},
        )  # fmt: skip

    def judge(self, left, right, verdict, status, by=(0, 1)):
        pair = self.model("Candidate").objects.create(
            left=left, right=right, run=self.run, weight=9, probability=0.9, scenario="plain"
        )
        for ordinal, person in enumerate(by, start=1):
            self.model("Review").objects.create(
                candidate=pair, reviewer=self.people[person], ordinal=ordinal, verdict=verdict, reason="other",
                decided_at=timezone.now(), shown={},
            )  # fmt: skip
        pair.status = status
        pair.save()
        return pair

    def verified(self, identity, *pairs):
        """An identity of pairs, with links, members and events as they were written then."""
        from django.db import transaction

        with transaction.atomic():
            if identity is None:
                identity = self.model("Identity").objects.create(id=uuid.uuid4(), created_at=timezone.now())
                kind = "verified"
            else:
                kind = "updated"
            for left, right in pairs:
                pair = self.judge(left, right, "same", "verified")
                self.model("IdentityLink").objects.create(identity=identity, candidate=pair)
                for record in (left, right):
                    self.model("IdentityMember").objects.get_or_create(record=record, defaults={"identity": identity})
                last = self.model("IdentityEvent").objects.order_by("-seq").first()
                self.model("IdentityEvent").objects.create(
                    seq=(last.seq if last else 0) + 1, identity=identity, kind=kind, at=timezone.now(),
                    data={"candidate": pair.pk, "records": sorted([left.pk, right.pk])},
                )  # fmt: skip
                kind = "updated"
        return identity


def test_an_old_home_keeps_its_ids_and_learns_what_it_contradicts(old, monkeypatch):
    monkeypatch.setattr("registry.evidence.store.verify", list)
    from django.db import transaction

    home = Home(old)
    a, b, c, d, e, f, g, h = (home.record(key) for key in "ABCDEFGH")
    elder = home.verified(None, (a, b))
    with transaction.atomic():
        home.model("Record").objects.filter(pk=a.pk).update(is_current=False)
        newer = home.record("A", 2)
    younger = home.verified(None, (newer, c))  # one row in two identities, in two versions
    wrong = home.verified(None, (d, e), (e, f))
    apart = home.judge(d, f, "different", "rejected")  # and nobody was told
    home.judge(g, h, "different", "rejected")
    home.judge(a, h, "cannot_tell", "unresolved")
    with transaction.atomic():
        home.model("Record").objects.filter(pk=b.pk).update(is_current=False)
        corrected = home.record("B", 2, consent="no")
    noted = home.model("Review").objects.filter(candidate=apart).first()
    home.model("Note").objects.create(review=noted, text="Сусідка впізнала сестру")
    before = list(IdentityEvent.objects.order_by("seq").values_list("seq", "kind", "data"))

    call_command("migrate", "registry", verbosity=0)

    after = list(IdentityEvent.objects.order_by("seq").values_list("seq", "kind", "data"))
    assert after[: len(before)] == before
    assert [kind for _, kind, _ in after[len(before) :]] == ["merged", "updated", "withheld"]
    assert set(Identity.objects.values_list("pk", "status", "merged_into_id")) == {
        (elder.pk, "verified", None),
        (younger.pk, "merged", elder.pk),
        (wrong.pk, "verified", None),
    }
    members = {row: (record, shown) for row, record, shown in IdentityMember.objects.filter(
        identity=elder.pk).values_list("row_id", "record_id", "shown_id")}  # fmt: skip
    assert members == {a.pk: (newer.pk, newer.pk), b.pk: (b.pk, corrected.pk), c.pk: (c.pk, c.pk)}
    assert Identity.objects.get(pk=elder.pk).withheld
    assert set(Judgement.objects.values_list("left_id", "right_id", "says")) == {
        (a.pk, b.pk, "same"), (a.pk, c.pk, "same"), (d.pk, e.pk, "same"), (e.pk, f.pk, "same"),
        (g.pk, h.pk, "different"),
    }  # fmt: skip
    found = Contradiction.objects.select_related("candidate").get()
    assert (found.candidate_id, found.candidate.status, found.inside) == (apart.pk, "contested", True)
    assert found.rows == [d.pk, e.pk, f.pk] and found.against == [[d.pk, f.pk, "verdicts"]]
    assert notes.words_of(Review.objects.get(pk=noted.pk)) == "Сусідка впізнала сестру"
    assert replay.states() == replay.stored()
    assert [f"{one.where}: {one.why}" for one in proof.findings() if "checkpoint" not in one.where] == []
