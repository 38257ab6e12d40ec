"""Transfers: where for those who see where children are, that for the others; stated by one, allowed by another."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from registry import exports
from registry.errors import ReviewError
from registry.judgements import stated_transfers
from registry.linkage import transfers
from registry.linkage.transfers import LearntTransfer
from registry.models import AuditEntry, Transfer, TransferStatement, User

pytestmark = pytest.mark.django_db

HOME, REGION = "Дитячий будинок № 3, м. Бердянськ", "Ростовская область"
SENT = {
    "kind": "institution", "origin": HOME, "region": REGION, "from": "01.04.2022", "to": "05.04.2022",
    "children": "14", "stated_in": "наказ 12 від 31.03.2022", "reason": "підписано двома посадовцями",
}  # fmt: skip


def learnt(stock, origin="home", children=4):
    """Return a transfer of some children whose pairs are candidates, the first of them verified."""
    pairs = [
        stock.candidate(
            stock.record({"full_name": "Вигаданенко Зоряна", "institution": HOME}),
            stock.record({"full_name": "Вигаданенко Зоряна", "region": REGION}, batch=stock.batch("moved")),
        )
        for _ in range(children)
    ]
    stock.judge(pairs[0], "same", "same")
    return pairs, LearntTransfer(
        "institution", origin, "RU-ROS", [(pair.right_id, pair.left_id) for pair in pairs], children,
        pairs=children, bits=3.2, gains=[(pair.left_id, pair.right_id, 3.2) for pair in pairs],
    )  # fmt: skip


def stored(stock, *origins):
    made = [learnt(stock, origin) for origin in origins or ("home",)]
    transfers.store(made[0][0][0].run_id, [one for _, one in made])
    return [pairs for pairs, _ in made]


def granted(name):
    User.objects.filter(username=name).update(sees_location=True)


def test_the_list_and_the_page_tell_who_when_and_where_to_those_who_may_know(stock, sign_in):
    (pairs,) = stored(stock)
    lead = sign_in("olena", "lead")
    number = Transfer.objects.get().pk
    for path in ("/transfers/", f"/transfers/{number}/"):
        html = lead.get(path).content.decode()
        assert HOME in html and "withheld" in html and REGION not in html and "Ростов" not in html
        assert "Вигаданенко" not in html and "Зоряна" not in html
    granted("olena")
    html = lead.get("/transfers/").content.decode()
    assert REGION in html and "4 families" in html and "1 of a verified pair" in html
    html = lead.get(f"/transfers/{number}/").content.decode()
    assert REGION in html and f"/pairs/{pairs[0].pk}/history/" in html and f"/pairs/{pairs[1].pk}/history/" not in html
    seen = AuditEntry.objects.filter(action="transfer.seen").latest("seq")
    assert seen.object_id == str(number) and seen.data["region"] is True
    uk = sign_in("ganna", "adjudicator", "uk").get(f"/transfers/{number}/").content.decode()
    assert "Пари, яким це додає найбільше" in uk


@pytest.mark.parametrize("role", ["verifier", "auditor", "admin"])
def test_others_get_no_transfer_by_any_door(stock, sign_in, role):
    stored(stock)
    client, number = sign_in("someone", role), Transfer.objects.get().pk
    granted("someone")
    stated = stated_transfers.state(stock.user("lead"), stated_transfers.read({"institution": HOME, **SENT}))
    for answer in (
        client.get("/transfers/"), client.get(f"/transfers/{number}/"), client.post("/transfers/state/", SENT),
        client.post(f"/transfers/stated/{stated.pk}/decide/", {"answer": "allow"}),
    ):  # fmt: skip
        assert answer.status_code == 403
        assert "Ростов" not in answer.content.decode() and HOME not in answer.content.decode()
    stated.refresh_from_db()
    assert stated.allowed is None and TransferStatement.objects.count() == 1


def test_one_states_another_allows_and_it_may_be_refused_later(stock, sign_in):
    olena, petro = sign_in("olena", "lead"), sign_in("petro", "adjudicator")
    assert olena.post("/transfers/state/", SENT)["Location"] == "/transfers/"
    made = TransferStatement.objects.get()
    assert (made.region_id, made.children, str(made.moved_from)) == ("RU-ROS", 14, "2022-04-01")
    assert stated_transfers.standing() == []
    decide = f"/transfers/stated/{made.pk}/decide/"
    assert olena.post(decide, {"answer": "allow"}).status_code == 409
    hidden = petro.get("/transfers/").content.decode()
    assert HOME in hidden and "Ростов" not in hidden and "наказ" not in hidden and decide not in hidden
    granted("petro")
    assert decide in petro.get("/transfers/").content.decode()
    petro.post(decide, {"answer": "allow"})
    assert stated_transfers.standing() == [made]
    assert petro.post(decide, {"answer": "allow"}).status_code == 409
    petro.post(decide, {"answer": "refuse"})
    assert stated_transfers.standing() == []
    assert petro.post("/transfers/stated/999/decide/", {"answer": "allow"}).status_code == 404
    actions = AuditEntry.objects.filter(object_type="transfer_statement").values_list("action", flat=True)
    assert sorted(actions) == ["transfer.allowed", "transfer.refused", "transfer.stated"]
    assert not AuditEntry.objects.filter(data__icontains="Бердянськ").exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"region": "за річкою"}, "whole name"),
        ({"origin": " "}, "can be read"),
        ({"stated_in": ""}, "Say in which list"),
        ({"reason": ""}, "Say why"),
        ({"from": "06.04.2022"}, "the first before the last"),
        ({"from": "торік"}, "DD.MM.YYYY"),
        ({"children": "багато"}, "in digits"),
        ({"children": "0"}, "in digits"),
        ({"kind": "orphanage"}, "can be read"),
    ],
)
def test_what_cannot_be_read_is_told_and_what_was_written_stays(sign_in, changed, words):
    client = sign_in("olena", "lead")
    answer = client.post("/transfers/state/", SENT | changed)
    html = answer.content.decode()
    assert (answer.status_code == 422 and words in html and "підписано" in html) or changed.get("reason") == ""
    assert not TransferStatement.objects.exists()


def test_nobody_allows_their_own_past_the_pages(stock):
    lead = stock.user("lead")
    made = stated_transfers.state(lead, stated_transfers.read({"institution": HOME, **SENT}))
    with pytest.raises(ReviewError, match="own statement"):
        stated_transfers.decide(lead, made.pk, allowed=True)
    with pytest.raises(IntegrityError, match="statement_by_two_people"), transaction.atomic():
        TransferStatement.objects.filter(pk=made.pk).update(allowed=True, decided_by=lead, decided_at=made.asked_at)
    with pytest.raises(ReviewError, match="may not"):
        stated_transfers.state(stock.user(), stated_transfers.read({"institution": HOME, **SENT}))


def test_a_page_asks_as_often_for_many_transfers_as_for_two(stock, sign_in):
    client = sign_in("olena", "lead")
    counts = []
    for origins in (("a", "b"), tuple("abcdefghij")):
        stored(stock, *origins)
        client.get("/transfers/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/transfers/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 30


def test_a_transfer_that_stays_keeps_its_number_and_one_that_is_gone_goes(stock):
    pairs, one = learnt(stock)
    _, other = learnt(stock, "other")
    transfers.store(pairs[0].run_id, [one, other])
    number = Transfer.objects.get(digest=one.digest).pk
    transfers.store(pairs[0].run_id, [one])
    assert list(Transfer.objects.values_list("pk", flat=True)) == [number]
    assert Transfer.objects.get().members.count() == Transfer.objects.get().gains.count() == 4


def test_it_leaves_as_evidence_by_two_people_and_only_what_the_first_may_see(stock):
    (pairs,) = stored(stock)
    asker = stock.user("data")
    texts = []
    for sees in (False, True):
        User.objects.filter(pk=asker.pk).update(sees_location=sees)
        asker.refresh_from_db()
        asked = exports.ask(asker, "transfers", "legal", "a court")
        exports.decide(stock.user("auditor"), asked.pk, allowed=True)
        stream = io.StringIO(newline="")
        assert exports.fetch(asker, asked.pk, stream).rows == 4
        texts.append(stream.getvalue())
    assert REGION not in texts[0] and REGION in texts[1] and HOME in texts[0]
    assert "Вигаданенко" not in "".join(texts)
    rows = list(csv.DictReader(io.StringIO(texts[1])))
    assert [row["pair_status"] for row in rows] == ["verified", "open", "open", "open"]
    assert rows[0]["evidence_sha256"] == pairs[0].right.evidence.sha256 and rows[0]["found_source"] == "moved"
