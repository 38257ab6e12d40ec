"""No role and no token sees a class of fields that is withheld from it, through any service."""

from __future__ import annotations

import csv
import dataclasses
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from registry import exports
from registry.access import (
    accounts,
    consumers,
    field_access,
)
from registry.access.field_access import FieldClass
from registry.errors import RegistryError, ReviewError
from registry.identities import identities
from registry.models import Candidate, ExportRequest, Role
from review.pair import pair_view, rosters, surroundings
from sources.fields import TABLE

pytestmark = pytest.mark.django_db

FIELDS = {field.name: field.access_class for field in TABLE.values()}


def canary(field: str) -> str:
    return f"канарка-{field}"


@pytest.fixture
def pair(stock: Any) -> Candidate:
    """Return a pair whose two records have every field, each with a value that is found nowhere else."""
    facts = {"payload": None}
    sides = []
    for slug in ("family_reports", "cards"):
        written = {field: f"{canary(field)}-{slug}" for field in [*FIELDS, "of_its_own"]}
        values = {field: f"{canary(field)}-{slug}-norm" for field in FIELDS} | {
            "of_its_own": f"{canary('of_its_own')}!"
        }
        romanised = {field: f"{canary(field)}-{slug}-latin" for field in FIELDS}
        facts["payload"] = {"written": written, "values": values, "romanised": romanised}
        sides.append(stock.record(written, batch=stock.batch(slug), **facts))
    return stock.candidate(*sides)


def withheld_fields(seen: frozenset[FieldClass]) -> list[str]:
    return [field for field in [*FIELDS, "of_its_own"] if field_access.class_of(field) not in seen]


@pytest.mark.parametrize("sees_location", [False, True])
@pytest.mark.parametrize("role", ["verifier", "adjudicator", "lead"])
def test_the_pair_and_what_stands_around_it(pair, stock, role, sees_location):
    user = stock.user(role, sees_location=sees_location)
    seen = field_access.of_person(user)
    assert (FieldClass.PRESENT_LOCATION in seen) is sees_location
    Candidate.objects.filter(pk=pair.pk).update(reserved_by=user, reserved_until=timezone.now() + timedelta(minutes=5))
    view = pair_view.pair(user, pair.pk)
    text = str(dataclasses.asdict(view))
    text += str(surroundings.around(user, pair, pair.left_id, pair.right_id, blind=False))
    hidden = withheld_fields(seen)
    assert "contact" in hidden or role == "lead"
    assert [field for field in hidden if f"{canary(field)}-" in text or f"{canary(field)}!" in text] == []
    marked = {found.field for side in (view.left, view.right) for found in side.fields if found.withheld}
    assert marked == set(hidden) - {"birth", "doubts"} | ({"birth", "doubts"} & set(hidden))
    shown = [field for field in FIELDS if field not in hidden]
    assert [field for field in shown if f"{canary(field)}-" not in text] == []


@pytest.mark.parametrize("role", ["data", "auditor", "admin"])
def test_roles_that_do_not_judge_get_no_pair_at_all(pair, stock, role):
    user = stock.user(role, sees_location=True)
    Candidate.objects.filter(pk=pair.pk).update(reserved_by=user, reserved_until=timezone.now() + timedelta(minutes=5))
    with pytest.raises(ReviewError):
        pair_view.pair(user, pair.pk)
    with pytest.raises(ReviewError):
        rosters.largest(user, 0.0)
    assert role == "data" or not field_access.of_person(user)


def test_a_closed_account_sees_nothing(stock):
    assert field_access.of_person(stock.user("lead", is_active=False)) == frozenset()


@pytest.mark.parametrize("scope", sorted(field_access.scopes() - {consumers.READ_IDENTITIES}))
def test_the_feed_gives_the_classes_of_its_scopes(pair, stock, client, scope):
    identity = stock.judge(pair, "same", "same").identity_id
    for scopes in ([consumers.READ_IDENTITIES], [consumers.READ_IDENTITIES, scope]):
        token = stock.token(f"system {len(scopes)}", scopes)
        answer = client.get(f"/api/v1/identities/{identity}", headers={"Authorization": f"Bearer {token}"}).json()
        seen = field_access.of_scopes(scopes)
        text = str(answer)
        hidden = [field for field in withheld_fields(seen) if field not in ("birth", "doubts")]
        assert [field for field in hidden if f"{canary(field)}-" in text] == []
        assert set(answer["withheld"]) == set(hidden)
        page = client.get("/api/v1/identities", headers={"Authorization": f"Bearer {token}"}).json()
        assert page["items"] == [answer]


def test_the_original_behind_a_value_read_from_a_text_is_withheld_with_the_text(stock):
    left = stock.record({"text": "шукаємо Зоряну, живе в селі Таємне"}, values={"given": "Зоряна"})
    identity = stock.judge(stock.candidate(left), "same", "same").identity_id
    (given,) = identities.values(identity, seen=field_access.of_scopes([consumers.READ_IDENTITIES]))["given"]
    assert (given.value, given.original) == ("Зоряна", field_access.WITHHELD)
    (given,) = identities.values(identity, seen=field_access.EVERYTHING)["given"]
    assert "Таємне" in given.original


def test_whoever_is_not_asked_what_they_may_see_sees_no_value(pair, stock):
    identity = stock.judge(pair, "same", "same").identity_id
    assert canary("") not in str(identities.get(identity)) and canary("") not in str(identities.page())
    assert identities.get(identity).withheld


@pytest.mark.parametrize(("role", "sees_location"), [("data", False), ("lead", False), ("lead", True)])
def test_exports_hold_what_their_reader_may_see(pair, stock, role, sees_location):
    stock.judge(pair, "same", "same")
    user = stock.user(role, sees_location=sees_location)
    hidden = withheld_fields(field_access.of_person(user))
    for kind in ("identities", "candidates"):
        asked = exports.ask(user, kind, "check", "an archive")
        exports.decide(stock.user("auditor"), asked.pk, allowed=True)
        stream = io.StringIO(newline="")
        exports.fetch(user, asked.pk, stream)
        text = stream.getvalue()
        assert [field for field in hidden if f"{canary(field)}-" in text] == []
        assert canary("full_name") in text
        if kind == "identities":
            stream.seek(0)
            rows = list(csv.DictReader(stream))
            marked = {row["field"] for row in rows if row["status"] == field_access.WITHHELD}
            assert marked == set(hidden) - {"birth", "doubts"}
    assert ExportRequest.objects.filter(fetched_at=None).count() == 0


def test_every_field_that_a_source_or_the_reading_may_have_is_of_a_class():
    assert {field_access.class_of(field) for field in FIELDS} == set(FieldClass)
    assert field_access.class_of("what a source brought of its own") == FieldClass.OTHER


def test_the_table_says_it_of_every_class_and_role():
    table = field_access.table()
    assert set(table) == set(FieldClass)
    for kind, by_role in table.items():
        assert set(by_role) == {*Role.values, "feed"}, kind
        assert all(by_role[role] in {"yes", "no", "granted"} for role in Role.values)
        assert by_role["admin"] == by_role["auditor"] == "no"
    assert all(table[FieldClass.PRESENT_LOCATION][role] in {"granted", "no"} for role in Role.values)
    assert {table[FieldClass.TESTIMONY][role] for role in Role.values} == {"no"}  # a right opens it, never a field


def test_the_right_to_see_where_a_child_is_is_given_by_name_and_logged(stock):
    accounts.add("maria", "fictional-horse-42")
    accounts.set_sees_location("maria", True)
    (maria,) = accounts.listing()
    assert maria.sees_location
    accounts.set_sees_location("maria", False)
    with pytest.raises(RegistryError):
        accounts.set_sees_location("nobody", True)
