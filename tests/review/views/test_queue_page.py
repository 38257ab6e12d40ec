from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from configs.settings import settings
from registry.linkage import candidates
from registry.models import AuditEntry, Candidate, Review, User

pytestmark = pytest.mark.django_db

GETS = ["review:home", "review:nothing", "review:decided", "review:history", "review:password"]
POSTS = ["review:take"]
PAIR_POSTS = ["review:again", "review:skip", "review:release", "review:pair"]


def addresses() -> list[tuple[str, str]]:
    return [
        *(("get", reverse(name)) for name in GETS),
        *(("post", reverse(name)) for name in POSTS),
        *(("post", reverse(name, args=[1])) for name in PAIR_POSTS),
        ("get", reverse("review:pair", args=[1])),
    ]


@pytest.mark.parametrize(("method", "address"), addresses())
def test_nobody_sees_a_page_without_signing_in(method, address):
    answer = getattr(Client(), method)(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=/")


@pytest.mark.parametrize("role", ["data", "auditor", "admin"])
def test_roles_that_do_not_judge_are_told_so_and_see_no_pair(role, sign_in, russified):
    client = sign_in("someone", role)
    for method, address in addresses():
        if address in (reverse("review:password"), reverse("review:home")):
            continue
        answer = getattr(client, method)(address.replace("/1/", f"/{russified.pk}/"))
        assert answer.status_code == 403, address
        assert "does not judge pairs" in answer.content.decode()
    assert Candidate.objects.get(pk=russified.pk).reserved_by is None


@pytest.mark.parametrize(
    ("role", "address"), [("data", "/documents/"), ("auditor", "/log/"), ("admin", "/accounts/"), ("lead", "/")]
)
def test_everybody_begins_where_their_own_work_is(role, address, sign_in, russified):
    client = sign_in("someone", role)
    answer = client.get("/", follow=True)
    assert (answer.status_code, answer.request["PATH_INFO"]) == (200, address)
    assert 'aria-current="page"' in answer.content.decode()


@pytest.mark.parametrize("address", ["/take/", "/pairs/1/skip/", "/pairs/1/release/", "/pairs/1/again/", "/language/"])
def test_nothing_changes_by_following_a_link(address, sign_in):
    assert sign_in("maria").get(address).status_code == 405


def test_forms_from_elsewhere_are_refused_kindly(records):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/login/", {"username": "maria", "password": "x"})
    assert answer.status_code == 403
    assert "надто довго" in answer.content.decode()


def test_the_queue_counts_and_names_nobody(sign_in, records, tmp_path):
    records.store(tmp_path, records.RUSSIFIED, records.CARD, records.POST)
    first, second = sign_in("maria"), sign_in("petro")
    page = first.get("/").content.decode()
    assert "pairs wait for a first look" in page and "Take the next pair" in page
    for name in ("Вербицький", "Яременко", "Злата"):
        assert name not in page
    number = first.post("/take/")["Location"]
    assert "Return to the pair you hold" in first.get("/").content.decode()
    assert first.post("/take/")["Location"] == number
    first.post(number, {"verdict": "same", "reason_same": "family_agrees"})
    own, other = first.get("/").context["day"], second.get("/").context["day"]
    assert (own.decided_today, own.first, own.second) == (1, 2, 0)
    assert (other.decided_today, other.first, other.second) == (0, 2, 1)


def test_two_people_get_different_pairs_and_the_third_gets_nothing(sign_in, records, tmp_path):
    records.store(tmp_path, records.RUSSIFIED, records.CARD)
    given = [sign_in(name).post("/take/")["Location"] for name in ("maria", "petro", "oksana")]
    assert len(set(given)) == 3
    assert given[2] == "/nothing/"


def test_a_pause_is_offered_quietly(sign_in, russified, monkeypatch):
    monkeypatch.setattr(settings(), "pause_after_verdicts", 1)
    client = sign_in("maria")
    assert "look out of the window" not in client.get("/").content.decode()
    client.post("/take/")
    client.post(f"/pairs/{russified.pk}/", {"verdict": "different", "reason_different": "sibling"})
    assert "You have judged 1 pair without a break" in client.get("/").content.decode()


def test_history_shows_only_own_verdicts_without_names(sign_in, russified, monkeypatch):
    maria, petro = sign_in("maria"), sign_in("petro")
    assert "not judged a pair yet" in maria.get("/decisions/").content.decode()
    maria.post("/take/")
    maria.post(f"/pairs/{russified.pk}/", {"verdict": "different", "reason_different": "sibling"})
    page = maria.get("/decisions/").content.decode()
    assert f"№ {russified.pk}" in page and "Different children" in page and "brother, sister or twin" in page
    assert "Вербиц" not in page
    assert "Different children" not in petro.get("/decisions/").content.decode()


def test_a_pair_whose_record_was_corrected_is_closed_kindly(sign_in, russified):
    maria, petro = sign_in("maria"), sign_in("petro", language="uk")
    maria.post("/take/")
    maria.post(f"/pairs/{russified.pk}/", {"verdict": "different", "reason_different": "sibling"})
    assert "has since corrected" not in maria.get("/decisions/").content.decode()
    petro.post("/take/")
    candidates.supersede([russified.left_id])
    answer = petro.post(f"/pairs/{russified.pk}/", {"verdict": "same", "reason_same": "other"})
    assert answer.status_code == 409 and "Один із двох записів виправлено" in answer.content.decode()
    assert Review.objects.count() == 1
    assert "A source has since corrected one of the two records" in maria.get("/decisions/").content.decode()


def test_history_is_paged(sign_in, records, tmp_path, monkeypatch):
    monkeypatch.setattr("review.views.history.PAGE", 1)
    client = sign_in("maria")
    for candidate in records.store(tmp_path, records.RUSSIFIED, records.CARD):
        client.post("/take/")
        client.post(f"/pairs/{candidate.pk}/", {"verdict": "cannot_tell", "reason_cannot_tell": "too_little"})
    first = client.get("/decisions/")
    assert len(first.context["rows"]) == 1
    older = client.get("/decisions/", {"before": first.context["older"]})
    assert len(older.context["rows"]) == 1 and older.context["older"] is None
    assert client.get("/decisions/", {"before": "x' OR 1=1"}).status_code == 200
    assert Review.objects.count() == 2


def test_five_failures_lock_and_say_nothing_of_who_exists(records):
    records.person("maria")
    client = Client(headers={"accept-language": "en"})
    answers = [
        client.post("/login/", {"username": name, "password": "wrong"}).content.decode()
        for name in ["maria"] * 5 + ["nobody"]
    ]
    assert all("nobody can sign in from here under this name" in re.sub(r"\s+", " ", answer) for answer in answers)
    assert client.post("/login/", {"username": "maria", "password": records.PASSWORD}).status_code == 200


def test_the_language_follows_the_person(sign_in):
    client = sign_in("maria", language="en")
    assert "Take the next pair" in client.get("/").content.decode()
    answer = client.post("/language/", {"language": "uk", "next": "/decisions/"})
    assert answer["Location"] == "/decisions/"
    assert "Взяти наступну пару" in client.get("/").content.decode()
    assert User.objects.get(username="maria").language == "uk"
    client.post("/logout/")
    assert "Увійти" in client.get("/login/").content.decode()


@pytest.mark.parametrize("next_page", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_the_language_switch_never_leads_elsewhere(next_page):
    client = Client()
    answer = client.post("/language/", {"language": "tlh", "next": next_page})
    assert answer["Location"] == "/"
    assert not answer.cookies


def test_a_person_changes_their_password_and_stays_signed_in(sign_in, records):
    client = sign_in("maria")
    fields = {"old_password": records.PASSWORD, "new_password1": "short", "new_password2": "short"}
    assert client.post("/password/", fields).status_code == 200
    new = "вітер-у-полі-грає-2024"
    fields |= {"new_password1": new, "new_password2": new}
    page = client.post("/password/", fields, follow=True)
    assert "Your new password is kept." in page.content.decode()
    assert AuditEntry.objects.filter(action="password.changed").count() == 1
    assert Client().post("/login/", {"username": "maria", "password": new}).status_code == 302


def test_an_unknown_page_is_told_kindly(sign_in):
    answer = sign_in("maria").get("/pairs/by-name/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
