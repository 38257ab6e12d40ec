"""What one consumer may hold of one identity, and which value of a field is preferred by which rule."""

import csv
import gzip
import json
import uuid
from datetime import date
from importlib.resources import files

import pytest

from registry.access import field_access
from registry.access.field_access import FieldClass
from registry.identities import consumer_state, preferred
from registry.identities.consumer_state import Clearance
from registry.identities.preferred import Known, Rule
from registry.provenance.values import Value
from sources.locator import Locator

EVERYTHING = Clearance(field_access.EVERYTHING, evidence=True)


def known(text, side="found", observed_on=None, status="observed", reference="b"):
    value = Value("given", text, text, "", "list", "0" * 64, Locator(), observed_on, status, "given")
    return Known(value, reference, side)


NARROW = Clearance(field_access.of_scopes(["identities:read"]))
OLD, NEW = date(2021, 5, 1), date(2024, 5, 1)
CASES = [
    # What the family calls the child goes before newer words of a holder, whatever they are.
    ("given", [known("Олеся", "seeking", OLD), known("Алиса", "found", NEW)], "Олеся", Rule.FAMILY),
    ("given", [known("Олеся", "seeking", OLD), known("Леся", "seeking", NEW)], "Леся", Rule.LATEST),
    ("given", [known("Олеся", "both", OLD), known("Алиса", "found", NEW, "altered")], "Олеся", Rule.ALTERED),
    ("given", [known("Олеся", "found", OLD), known("Алиса", "found", NEW, "inferred")], "Олеся", Rule.OBSERVED),
    ("given", [known("Олеся", "seeking"), known("Олеся", "found")], "Олеся", Rule.ONLY),
    ("given", [known("Олеся", reference="d"), known("Алиса", reference="c")], "Алиса", Rule.REFERENCE),
    # Where the child is now, the family does not know: the newest observation counts.
    ("region", [known("Місто", "seeking", OLD), known("Село", "found", NEW)], "Село", Rule.LATEST),
    ("region", [known("Місто", "seeking"), known("Село", "found", OLD)], "Село", Rule.LATEST),
    ("eyes", [known("сірі", "seeking", NEW, "inferred"), known("карі", "found", OLD)], "карі", Rule.OBSERVED),
]


@pytest.mark.parametrize(("field", "values", "value", "rule"), CASES)
def test_the_preferred_value_and_its_rule(field, values, value, rule):
    for given in (values, values[::-1]):
        chosen = preferred.of_field(field, given)
        assert (chosen.known.value.value, chosen.rule) == (value, rule)


def test_every_class_has_an_order_of_all_rules_and_a_reason():
    text = files("registry.identities").joinpath("data", "preferred.tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    assert [FieldClass(row["class"]) for row in rows] == list(FieldClass)
    ranked = set(Rule) - {Rule.ONLY, Rule.REFERENCE}
    assert all(set(preferred.rules(kind)) == ranked for kind in FieldClass) and all(row["why"] for row in rows)
    assert set(preferred.MEANINGS) == set(Rule)


@pytest.mark.django_db
def test_a_state_is_canonical_small_and_the_same_however_it_is_asked_for(stock):
    reported = stock.batch(source_class="family", side="seeking")
    cards = stock.batch("cards", side="found")
    first, second, third = (
        stock.record(
            {"surname": "Вигаданенко", "given": given, "patronymic": "Степанівна", "birth_date": "01.02.2012",
             "sex": "ж", "birthplace": "Вигадане", "mother": "Вигаданенко Марія", "eyes": "сірі", "region": "Дальнє"},
            batch=batch,
        )
        for given, batch in [("Зоряна", reported), ("Заряна", cards), ("Зоряна", cards)]
    )  # fmt: skip
    identity = stock.judge(stock.candidate(first, second), "same", "same").identity_id
    stock.judge(stock.candidate(second, third), "same", "same")
    state = consumer_state.of(identity, NARROW)
    canonical = json.dumps(state.document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert state.body == canonical and state.digest == consumer_state.digest_of(canonical)
    assert consumer_state.of_ids([identity, identity], NARROW) == [state]
    assert len(gzip.compress(state.body)) < 2_000
    assert state.document["preferred"]["given"]["rule"] == "family"
    assert state.document["withheld"] == ["region"] and "Дальнє" not in state.body.decode()
    assert "Дальнє" in consumer_state.of(identity, EVERYTHING).body.decode()


@pytest.mark.django_db
def test_every_end_of_an_identity_is_a_tombstone_for_whatever_clearance(stock):
    a, b, c, d = (stock.record() for _ in range(4))
    first = stock.judge(stock.candidate(a, b), "same", "same").identity_id
    second = stock.judge(stock.candidate(c, d), "same", "same").identity_id
    stock.judge(stock.candidate(b, c), "same", "same")
    states = consumer_state.of_ids([second, first], EVERYTHING)
    assert [state.status for state in states] == ["merged", "verified"]
    assert states[0].document == {"id": str(second), "status": "merged", "merged_into": str(first)}
    assert states[1].document["aliases"] == [str(second)]
    refused = stock.judge(stock.candidate(stock.record(values={"consent": "no"})), "same", "same").identity_id
    assert consumer_state.of(refused, EVERYTHING).document == {"id": str(refused), "status": "withheld"}
    assert consumer_state.of(uuid.uuid4(), EVERYTHING) is None
