"""Guarded lookup: a whole name and one thing more, three answers with little in them, a measure a day, all logged."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from configs.settings import settings
from registry.access import accounts
from registry.errors import ReviewError
from registry.models import AuditEntry, Lookup, LookupAnswer, User
from review.lookup import asking
from review.lookup.search import Question
from review.pair import pair_view
from review.queue import assignment

pytestmark = pytest.mark.django_db


def child(stock, surname, given, born="2014-05-12/2014-05-12", source="transfers", patronymic="", **values):
    said = {"surname": surname, "given": given, "birth": born, **values}
    said |= {"patronymic": patronymic} if patronymic else {}
    written = {"surname": surname, "given": given}
    return stock.record(written, batch=stock.batch(source, source_class="occupation"), values=said)


@pytest.fixture
def caller(stock):
    return stock.user("hotline")


def ask(user, *known, **more):
    return asking.ask(user, Question(*known, **more), "relative", "118/26")


def records_told():
    return [told.record_id for told in LookupAnswer.objects.order_by("pk")]


@pytest.mark.parametrize(
    "name",
    [
        "Вербицький Олексій",
        "олексій вербицький",
        "ВЕРБИЦКИЙ АЛЕКСЕЙ",
        "Verbytskyi Oleksii",
        "Verbitskiy Aleksey",
        "Вербицький Олексій Тарасович",
        "Вербыцький Олексій",
    ],
)
def test_a_name_is_found_in_any_script_and_spelling(stock, caller, name):
    wanted = child(stock, "Вербицкий", "Алексей", patronymic="Тарасович")
    child(stock, "Гайовий", "Алексей")
    child(stock, "Вербицкий", "Тарас")
    child(stock, "Вербицкий", "Алексей", born="2011-01-01/2011-12-31")
    (answer,) = ask(caller, name, 2014)
    assert records_told() == [wanted.pk]
    assert (answer.source_class, answer.stands) == ("occupation", "alone")


def test_town_and_institution_narrow_as_the_year_does(stock, caller):
    here = child(stock, "Гайовий", "Мирон", birthplace=["gn701822"], institution="Маріупольська школа-інтернат № 4")
    child(stock, "Гайовий", "Мирон", birthplace=["gn706448"], institution="Херсонська школа-інтернат № 3")
    ask(caller, "Гайовий Мирон", town="Маріуполь")
    ask(caller, "Гаёвый Мирон", institution="школа-интернат № 4 г. Мариуполь")
    assert records_told() == [here.pk, here.pk]
    assert ask(caller, "Гайовий Мирон", 2014, town="Одеса") == []


@pytest.mark.parametrize(
    ("question", "purpose", "case", "code"),
    [
        (Question("Вербицький Олексій"), "relative", "1", "too_little"),
        (Question("Олексій", 2014), "relative", "1", "too_little"),
        (Question("Вербицький О.", 2014), "relative", "1", "too_little"),
        (Question("Вербицький Олексій", town="— ?"), "relative", "1", "too_little"),
        (Question("", 2014), "relative", "1", "too_little"),
        (Question("Вербицький Олексій", 2014), "curious", "1", "purpose"),
        (Question("Вербицький Олексій", 2014), "relative", "", "case"),
        (Question("Вербицький Олексій", 2014), "relative", "Вербицький 1", "case"),
        (Question("Вербицький Олексій", 2014), "relative", "Verbytskyi1", "case"),
    ],
)
def test_half_a_question_is_not_answered(stock, caller, question, purpose, case, code):
    child(stock, "Вербицкий", "Алексей")
    with pytest.raises(ReviewError) as caught:
        asking.ask(caller, question, purpose, case)
    assert caught.value.code == code
    assert not Lookup.objects.exists()


@pytest.mark.parametrize("role", ["verifier", "adjudicator", "lead", "data", "auditor", "admin"])
def test_the_right_is_of_one_role_alone(stock, role):
    with pytest.raises(ReviewError) as caught:
        ask(stock.user(role), "Вербицький Олексій", 2014)
    assert caught.value.code == "role"


def test_at_most_three_answers_with_little_in_them(sign_in, stock):
    for number in range(6):
        child(stock, "Вербицкий", "Алексей", source=f"list{number}", region="Ростовская область", mother=["Олена"])
    client = sign_in("natalia", "hotline")
    sent = {"name": "Вербицький Олексій", "born": "2014", "purpose": "relative", "case": "118/26"}
    html = client.post("/lookup/", sent).content.decode()
    answers = html.split('id="answers"')[1].split("</section>")[0]
    assert answers.count("<li>") == 3
    assert not re.search(r"Вербиц|Алексей|Ростов|Олена|list\d|K\d|2014", answers)
    assert client.get("/lookup/").content.decode().count("Вербиц") == 0
    assert LookupAnswer.objects.count() == 3
    kept = AuditEntry.objects.get(action="lookup.asked")
    assert kept.data["case"] == "118/26" and len(kept.data["records"]) == 3
    assert "Вербиц" not in str(kept.data)


def test_who_refuses_tracing_and_what_was_corrected_is_not_told_of(stock, caller):
    child(stock, "Вербицкий", "Алексей", consent="no")
    stock.record({"surname": "Вербицкий"}, values={"surname": "Вербицкий", "given": "Алексей"}, is_current=False)
    refusing = stock.record(
        {"surname": "Вербицкий", "consent": "ні"},
        values={"surname": "Вербицкий", "given": "Алексей", "birth": "2014-05-12/2014-05-12", "consent": "no"},
    )
    refusing.refresh_from_db()
    found = ask(caller, "Вербицький Олексій", 2014)
    told = set(records_told())
    assert (refusing.consent == "no") == (refusing.pk not in told)
    assert len(found) <= 1


def test_a_lead_puts_its_pairs_at_the_head_of_the_queue(stock, caller):
    likely = stock.candidate(probability=0.99)
    wanted = child(stock, "Вербицкий", "Алексей")
    pair = stock.candidate(right=wanted, probability=0.2)
    (answer,) = ask(caller, "Вербицький Олексій", 2014)
    assert answer.stands == "waits"
    reader = stock.user()
    assert assignment.peek(reader, assignment.EVERYTHING)[0].pk == likely.pk
    with pytest.raises(ReviewError):
        asking.put_forward(stock.user("hotline"), answer.number)
    asking.put_forward(caller, answer.number)
    assert assignment.take_next(reader).pk == pair.pk
    assert "asked_for" in pair_view.pair(reader, pair.pk).urgent_for
    stock.judge(pair, "same", "same")
    assert ask(caller, "Вербицький Олексій", 2014)[0].stands == "verified"


def test_nobody_changes_what_was_asked(stock, caller):
    ask(caller, "Вербицький Олексій", 2014)
    for change in (lambda: Lookup.objects.update(case="2"), lambda: Lookup.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_script_with_the_password_gets_its_measure_and_is_seen(sign_in, stock, records, monkeypatch):
    """Two hundred questions from two sessions, by names and by years: the day's measure is all that is answered."""
    monkeypatch.setattr(settings(), "lookups_per_day", 5)
    names = [
        f"{surname} {given}" for surname in ("Вербицький", "Гайовий", "Заричний") for given in ("Олексій", "Мирон")
    ]
    for name in names:
        child(stock, *name.split())
    first = sign_in("natalia", "hotline")
    second = type(first)(enforce_csrf_checks=False)
    second.post("/login/", {"username": "natalia", "password": records.PASSWORD})
    codes = []
    for number in range(200):
        sent = {"name": names[number % 6], "born": str(2005 + number % 15), "purpose": "relative", "case": str(number)}
        codes.append((first, second)[number % 2].post("/lookup/", sent).status_code)
    assert codes.count(200) == 5 and codes.count(429) == 195
    for address in ("/", "/decisions/", "/identities/", "/exports/", "/log/", "/documents/", "/quality/", "/groups/"):
        assert first.get(address).status_code in (302, 403), address
    assert LookupAnswer.objects.count() <= 15
    logged = AuditEntry.objects.filter(action__in=["lookup.asked", "lookup.refused"])
    assert (logged.filter(action="lookup.asked").count(), logged.count()) == (5, 200)
    for name, role in (("olena", "lead"), ("ihor", "auditor")):
        page = sign_in(name, role).get("/quality/" if role == "lead" else "/log/").content.decode()
        assert "natalia (5 / 5)" in page
    assert "natalia" not in sign_in("maria").get("/").content.decode()
    user = User.objects.get(username="natalia")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_lookup WHERE asked_at > now() - interval '1 day'")
        assert cursor.fetchone() == (5,)
    monkeypatch.setattr(asking, "DAY", timedelta(0))
    assert asking.left(user) == 5, "the measure is for a day"


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_share_one_measure(stock, monkeypatch):
    monkeypatch.setattr(settings(), "lookups_per_day", 3)
    caller = stock.user("hotline")
    told: list[bool] = []

    def one():
        try:
            ask(caller, "Вербицький Олексій", 2014)
            told.append(True)
        except ReviewError:
            told.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (told.count(True), len(told)) == (3, 8)
    assert Lookup.objects.count() == 3


def test_a_closed_account_asks_nothing(stock):
    gone = accounts.add("halyna", "тихий-став-біля-греблі", "hotline", "uk")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    with pytest.raises(ReviewError):
        ask(gone, "Вербицький Олексій", 2014)
