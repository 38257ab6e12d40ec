"""The page of an identity: who sees it, what of it, and that each look is logged."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from configs.settings import settings as chosen
from registry.judgements import changes, follow, notes, settling
from registry.models import (
    AuditEntry,
    Candidate,
    Contradiction,
    Identity,
    IdentityChange,
    MovedPair,
    Opening,
    OpeningKind,
    RecordGroup,
    Reopening,
    User,
)
from review.queue import budget

pytestmark = pytest.mark.django_db


@pytest.fixture
def identity(stock):
    """A child in three records: the family's, a list's with a place where the child is, and a contradicting card's."""
    family = stock.record(
        {"full_name": "Вигаданенко Зоряна", "birth_date": "01.02.2012", "mother": "Вигаданенко Мирослава"},
        batch=stock.batch("family_reports", side="seeking"),
        values={"surname": "Вигаданенко", "given": "Зоряна", "birth": "2012-02-01/2012-02-01", "sex": "f"},
    )
    listed = stock.record(
        {"given": "Зоряна", "region": "Тестова область", "health": "II"}, batch=stock.batch("cards", side="found"),
        values={"given": "Зоряна", "sex": "f", "birth": "2013-01-01/2013-12-31"},
    )  # fmt: skip
    third = stock.record({"given": "Зоряна"}, batch=stock.batch("lists", side="found"), values={"sex": "f"})
    for pair in ((family, listed), (listed, third)):
        stock.judge(stock.candidate(*pair), "same", "same")
    return Identity.objects.get()


def test_the_lead_sees_records_marks_dates_verdicts_and_events(identity, sign_in):
    client = sign_in("olena", "lead")
    html = client.get(f"/identities/{identity.pk}/").content.decode()
    for words in (
        "Вигаданенко Мирослава",
        "What the family says",
        "≠ B: contradicts",
        "verified by two people",
        "01.02.2012",
    ):
        assert words in html, words
    assert "Тестова область" not in html and "withheld" in html  # where the child is needs a right of its own
    look = AuditEntry.objects.get(action="identity.seen")
    assert look.object_id == str(identity.pk) and len(look.data["records"]) == 3
    html = client.get(f"/identities/{identity.pk}/print/").content.decode()
    assert "printed by olena" in html and f"<code>{identity.pk}</code>" in html
    assert AuditEntry.objects.filter(action="identity.printed").count() == 1


def test_who_judged_a_pair_of_it_sees_it_and_a_stranger_does_not(identity, sign_in, stock):
    maria, petro = sign_in("maria"), sign_in("petro")
    member = identity.members.order_by("row_id").first()
    again = stock.candidate(member.record, stock.record())
    stock.judge(again, "same", "same", by=[User.objects.get(username="maria"), stock.user()])
    assert maria.get(f"/identities/{identity.pk}/").status_code == 200
    answer = petro.get(f"/identities/{identity.pk}/")
    assert answer.status_code == 403 and "Вигаданенко" not in answer.content.decode()
    address, sent = f"/identities/{identity.pk}/ask/", {"kind": "retract", "reason_retract": "slip"}
    assert [client.post(address, sent).status_code for client in (petro, maria)] == [403, 302]
    change = IdentityChange.objects.get()
    assert maria.post(f"/changes/{change.pk}/decide/", {"answer": "allow"}).status_code == 403
    assert sign_in("olena", "lead").post(f"/changes/{change.pk}/decide/", {"answer": "allow"}).status_code == 302
    identity.refresh_from_db()
    assert identity.status == "retracted"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "split", "reason_split": "slip"}, "Put each record into one of the two groups"),
        ({"kind": "merge", "reason_merge": "one_child"}, "Name the id of the other identity"),
        ({"kind": "retract"}, "Choose the reason, too"),
        ({"kind": "nonsense"}, "Choose the reason, too"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_asked(identity, sign_in, sent, words):
    answer = sign_in("olena", "lead").post(f"/identities/{identity.pk}/ask/", sent)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not IdentityChange.objects.exists()


def test_an_alias_leads_to_what_it_was_merged_into(identity, sign_in, stock):
    other = stock.judge(stock.candidate(), "same", "same").identity_id
    asked = changes.ask(stock.user("lead"), "merge", identity.pk, "one_child", other=other)
    changes.decide(stock.user("lead"), asked.pk, allowed=True)
    html = sign_in("olena", "lead").get(f"/identities/{other}/").content.decode()
    assert f"<code>{identity.pk}</code>" in html and "Also known as" in html


def test_a_decided_pair_is_seen_with_its_notes_and_opened_again(identity, sign_in, stock):
    maria = sign_in("maria")
    pair = stock.candidate()
    stock.judge(pair, "different", "different", by=[User.objects.get(username="maria"), stock.user()])
    html = maria.get(f"/pairs/{pair.pk}/history/").content.decode()
    assert "Вигаданенко Зоряна" in html and "Open this pair again" in html
    assert maria.post(f"/pairs/{pair.pk}/reopen/", {"reason": "slip", "note": "the wrong key"}).status_code == 302
    assert (
        Candidate.objects.get(pk=pair.pk).status == "open"
        and notes.words_of(Reopening.objects.get()) == "the wrong key"
    )
    assert maria.post(f"/pairs/{pair.pk}/reopen/", {"reason": "slip"}).status_code == 409
    assert sign_in("petro").post(f"/pairs/{pair.pk}/reopen/", {"reason": "slip"}).status_code == 409


def test_fifteen_records_ask_the_database_as_often_as_three(identity, sign_in, stock):
    client = sign_in("olena", "lead")

    def queries():
        client.get(f"/identities/{identity.pk}/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/identities/{identity.pk}/").status_code == 200
        return len(captured)

    few = queries()
    first = identity.members.order_by("row_id").first().record
    for _ in range(12):
        stock.judge(stock.candidate(first, stock.record()), "same", "same")
    assert queries() == few


def test_brothers_and_sisters_are_paid_for_as_beside_a_pair(identity, sign_in, stock, monkeypatch):
    client = sign_in("olena", "lead")
    member = identity.members.order_by("row_id").first().record
    batch = stock.batch("family_reports", side="seeking")
    RecordGroup.objects.create(record=member, kind="mother", digest="7" * 32)
    for number in range(3):
        sibling = stock.record({"full_name": f"Вигаданенко Сестра-{number}"}, batch=batch)
        RecordGroup.objects.create(record=sibling, kind="mother", digest="7" * 32)
    monkeypatch.setattr(chosen(), "opened_per_hour", 2)  # the child in three records, and nothing more
    monkeypatch.setattr(budget, "AROUND", 1)
    html = client.get(f"/identities/{identity.pk}/").content.decode()
    assert sum(f"Сестра-{number}" in html for number in range(3)) == 2
    assert Opening.objects.filter(user__username="olena", kind=OpeningKind.AROUND).count() == 2


def test_what_is_typed_to_find_an_identity_stands_in_no_address(identity, sign_in):
    client = sign_in("olena", "lead")
    assert client.get("/identities/find/?id=Вигаданенко").status_code == 405
    answer = client.post("/identities/find/", {"id": str(identity.pk)})
    assert answer["Location"] == f"/identities/{identity.pk}/"


def test_a_settled_step_says_the_answer_and_the_reason(stock, sign_in):
    one, other, third = (stock.record(batch=stock.batch(f"list{n}")) for n in range(3))
    stock.judge(stock.candidate(one, other), "different", "different")
    stock.judge(stock.candidate(one, third), "same", "same")
    closing = stock.candidate(other, third)
    stock.judge(closing, "same", "same")
    settling.settle(stock.user("lead"), Contradiction.objects.get().pk, "apart", "siblings")
    html = sign_in("olena", "lead").get(f"/pairs/{closing.pk}/history/").content.decode()
    assert "not one child — brothers, sisters or twins" in html


def test_a_verifier_is_not_told_who_asked_for_a_change(identity, sign_in, stock):
    maria, lead = sign_in("maria"), sign_in("olena", "lead")
    member = identity.members.order_by("row_id").first()
    again = stock.candidate(member.record, stock.record())
    stock.judge(again, "same", "same", by=[User.objects.get(username="maria"), stock.user()])
    changes.ask(User.objects.get(username="olena"), "retract", identity.pk, "slip")
    seen = {name: client.get(f"/identities/{identity.pk}/").content.decode() for name, client in
            (("maria", maria), ("olena", lead))}  # fmt: skip
    assert "olena" not in seen["maria"] and "another person, " in seen["maria"]
    assert "olena, " in seen["olena"]


@pytest.fixture
def card(identity, stock):
    """A card that may be the child: it knows the colour of the eyes, which no other record does."""
    first, second, _ = (member.shown for member in identity.members.order_by("row_id"))
    new = stock.record({"given": "Зоряна", "eyes": "карі"}, batch=stock.batch("newer", side="found"))
    for member, bits in ((first, 7.3), (second, -2.0)):
        said = [{"field": "given", "level": 1, "bits": bits, "code": "identical", "sentence": "one spelling"}]
        stock.candidate(member, new, weight=bits, probability=0.9, explanation=said)
    follow.run([new.pk])
    return new


def test_what_is_new_is_told_in_words_and_bits(identity, card, sign_in):
    lead = sign_in("olena", "lead")
    for html in (lead.get(f"/identities/{identity.pk}/").content.decode(),):
        for words in ("a new record", "said by no other record: Eyes", "+7.3 bits by 2 records together",
                      "worst −2.0 bits (B)", "for it: Given name +7.3 bits"):  # fmt: skip
            assert words in html, words
    html = sign_in("ukr", language="uk").get("/").content.decode()
    assert "запис є новим поруч із підтвердженими дітьми" in html


def test_the_second_person_is_told_what_is_new_but_no_number(identity, card, sign_in, stock):
    first, second = sign_in("maria"), sign_in("petro", language="uk")
    address = first.post("/take/")["Location"]
    html = first.get(address).content.decode()
    assert "D: a new record" in html and "+7.3 bits" in html
    sent = {f"unit-{unit}": "same" for unit in (identity.members.order_by("row_id").first().row_id, card.pk)}
    assert first.post(address, {**sent, "reason_same": "name_and_birth"}).status_code == 302
    html = second.get(second.post("/take/")["Location"]).content.decode()
    assert "D: новий запис" in html and "цього не каже жоден інший запис: Очі" in html and "біт" not in html


def test_the_lead_sees_what_a_new_model_sees_otherwise(identity, sign_in):
    pair = Candidate.objects.filter(status="verified").order_by("pk").first()
    said = {"weight": -2.5, "probability": 0.1, "reasons": pair.reasons}
    MovedPair.objects.create(candidate=pair, run=pair.run, **said)
    html = sign_in("olena", "lead").get("/identities/").content.decode()
    assert f'<a href="/pairs/{pair.pk}/history/">' in html and "−2.5 bits" in html
    html = sign_in("ukr", "lead", "uk").get("/identities/").content.decode()
    assert "1 вирішену пару нова модель бачить інакше" in html
