import uuid
from datetime import date

import pytest

from registry.access import field_access
from registry.errors import RegistryError, UnknownIdentity
from registry.identities import identities
from registry.judgements import events
from registry.models import Identity, IdentityEvent, IdentityMember, Judgement

pytestmark = pytest.mark.django_db


def verify(stock, left, right):
    return stock.judge(stock.candidate(left, right), "same", "same").identity_id


def test_new_extended_and_merged(stock):
    a, b, c, d, e = (stock.record() for _ in range(5))
    first = verify(stock, a, b)
    assert verify(stock, b, c) == first
    second = verify(stock, d, e)
    assert second != first
    assert verify(stock, e, a) == first

    assert set(IdentityMember.objects.values_list("identity_id", "record_id")) == {
        (first, record.pk) for record in (a, b, c, d, e)
    }
    absorbed = Identity.objects.get(pk=second)
    assert (absorbed.status, absorbed.merged_into_id) == ("merged", first)
    assert identities.resolve(second) == first
    assert identities.get(second).id == first
    assert identities.get(first).aliases == (second,)
    log = [(event.seq, event.kind, event.identity_id) for event in events.after(0)]
    assert log == [
        (1, "verified", first),
        (2, "updated", first),
        (3, "verified", second),
        (4, "merged", second),
        (5, "updated", first),
    ]
    assert IdentityEvent.objects.get(kind="merged").data == {"merged_into": str(first)}


def test_an_alias_follows_its_identity_through_later_merges(stock):
    a, b, c, d, e, f = (stock.record() for _ in range(6))
    oldest, middle, youngest = verify(stock, a, b), verify(stock, c, d), verify(stock, e, f)
    verify(stock, d, e)
    assert identities.resolve(youngest) == middle
    verify(stock, a, c)
    assert identities.resolve(youngest) == identities.resolve(middle) == oldest
    assert set(identities.get(oldest).aliases) == {middle, youngest}
    assert [view.id for view in identities.page()] == [oldest]


def test_a_link_inside_one_identity_changes_no_records(stock):
    a, b, c = (stock.record() for _ in range(3))
    verify(stock, a, b)
    verify(stock, b, c)
    verify(stock, a, c)
    assert Identity.objects.count() == 1
    assert Judgement.objects.filter(says="same").count() == 3
    assert IdentityMember.objects.count() == 3


def test_pages_follow_each_other_without_gap_or_overlap(stock):
    made = [verify(stock, stock.record(), stock.record()) for _ in range(7)]
    seen, after = [], None
    while page := identities.page(after, limit=3):
        seen += [view.id for view in page]
        after = page[-1].id
    assert seen == made
    with pytest.raises(UnknownIdentity):
        identities.page(uuid.uuid4())
    with pytest.raises(UnknownIdentity):
        identities.get(uuid.uuid4())
    assert [event.seq for event in events.after(5, limit=1)] == [6]


def test_every_value_says_where_it_was_found(stock):
    batch = stock.batch("reports")
    left = stock.record(
        {"full_name": "Вигаданенко Зоряна", "birth_date": "1 лютого 2012", "siblings": ["Остап", "Марко"], "note": ""},
        batch=batch,
        observed_on=date(2023, 1, 1),
        values={"surname": "Вигаданенко", "given": "Зоряна", "birth": "2012-02-01/2012-02-01", "sex": "f"},
        romanised={"full_name": "Vyhadanenko Zoriana", "surname": "Vyhadanenko"},
    )
    right = stock.record(
        {"given": "Даша"}, batch=stock.batch("paper", names_pseudonymised=True), observed_on=date(2024, 1, 1)
    )
    found = identities.values(verify(stock, left, right), seen=field_access.EVERYTHING)
    assert set(found) == {"full_name", "birth_date", "siblings", "surname", "given", "sex"}
    (name,) = found["full_name"]
    assert (name.original, name.romanised, name.source) == ("Вигаданенко Зоряна", "Vyhadanenko Zoriana", "reports")
    assert (name.status, name.observed_on) == ("observed", date(2023, 1, 1))
    assert name.evidence_sha256 == batch.evidence.sha256
    assert name.locator.to_json() == {
        "sheet": "1",
        "row": left.locator["row"],
        "cell": left.locator["cells"]["full_name"],
    }
    (born,) = found["birth_date"]
    assert (born.value, born.original) == ("2012-02-01", "1 лютого 2012")
    assert found["siblings"][0].original == "Остап; Марко"
    (surname,) = found["surname"]
    assert (surname.value, surname.original, surname.status) == ("Вигаданенко", "Вигаданенко Зоряна", "inferred")
    assert surname.locator == name.locator
    latest, earlier = found["given"]
    assert (latest.value, latest.status) == ("Даша", "altered")
    assert (earlier.value, earlier.status) == ("Зоряна", "inferred")
    for values in found.values():
        for value in values:
            assert len(value.evidence_sha256) == 64 and value.locator and value.original


def test_a_record_without_place_is_refused_on_the_way_out(stock):
    record = stock.record()
    identity = verify(stock, record, stock.record())
    view = identities.get(identity)
    assert {member.key for member in view.records} >= {record.key}
    record.locator = {}
    from registry.provenance import values

    with pytest.raises(RegistryError, match="where its values come from"):
        list(values.of_record(record))


@pytest.mark.parametrize(
    ("field", "stored", "expected"),
    [
        ("birth_date", {"birth": "2012-02-01/2012-02-01"}, "2012-02-01"),
        ("birth_date", {"birth": "2012-02-01/2012-02-29"}, "2012-02"),
        ("birth_date", {"birth": "2012-01-01/2012-12-31"}, "2012"),
        ("birth_date", {"birth": "2012-02-01/2013-02-28"}, "2012-02-01/2013-02-28"),
        ("birth_date", {"birth": "2012-02-01/2012-02-28"}, "2012-02-01/2012-02-28"),
        ("birth_date", {"birth": "2012-02-03"}, "2012-02-03"),
        ("birth_date", {"birth": "unreadable"}, "unreadable"),
        ("birth_date", {}, ""),
        ("birthplace", {"birthplace": ["7", "9"]}, ""),
        ("mother", {"mother": ["Вигаданенко", "Мирослава", ""]}, "Вигаданенко Мирослава"),
        ("siblings", {"siblings": ["Остап", "", "Марко"]}, "Остап; Марко"),
        ("sibling_count", {"sibling_count": 2}, "2"),
    ],
)
def test_how_normalised_values_read(field, stored, expected):
    from registry.provenance import values

    assert values.reading(stored, field) == expected
