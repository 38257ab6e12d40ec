"""After an erasure every page and command goes on: what is gone shows as gone, and nothing stumbles over it."""

import pytest
from django.urls import reverse

from keeping.erasure import carrying_out, requests, targets
from registry import exports
from registry.evidence import custody, store
from registry.identities import identities
from registry.ingestion import quarantine, snapshots
from registry.linkage import records
from registry.models import Candidate, ConsumerAnswer, Identity, Record
from registry.provenance import values

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def erased(stock, lists):
    """A child of two lists that was judged, verified, and erased; others stay, and one pair waits."""
    lists.take_in("family", name="a.csv")
    changed = [("a1", "Канарейченко Зорина", "01.02.2012"), ("a2", "Вигаданенко Орест", "03.04.2011")]
    lists.take_in("family", [*changed, ("a2", "Двічі Той Самий", "2011")], name="b.csv")
    lists.take_in("moved", kind="xlsx", source_class="occupation")
    pair = stock.candidate(lists.record("family", "a1"), lists.record("moved", "a1"))
    people = [stock.user("lead"), stock.user("lead")]
    stock.judge(pair, "same", "same", by=people)
    other = stock.candidate(lists.record("family", "a2"), lists.record("moved", "a2"))
    made = requests.ask(stock.user("data"), targets.named(str(Identity.objects.get().pk)), "asked_by_family")
    requests.decide(stock.user("lead"), made.pk, allowed=True)
    carrying_out.in_tables(made.pk)
    carrying_out.in_store(made.pk)
    carrying_out.finish(made.pk)
    return pair, other, people, made


def test_no_page_stumbles_over_what_was_erased(client, stock, erased):
    pair, other, people, _ = erased
    identity = Identity.objects.get()
    pages = [
        ("home",), ("history",), ("identities",), ("identity", identity.pk), ("pair", pair.pk), ("child", pair.pk),
        ("exports",), ("quality",), ("groups",), ("transfers",), ("papers",), ("erasures",), ("log",), ("limits",),
        ("pair", other.pk), ("identity_print", identity.pk),
    ]  # fmt: skip
    for person in (people[0], stock.user("verifier"), stock.user("auditor"), stock.user("data")):
        client.force_login(person)
        for name, *arguments in pages:
            answer = client.get(reverse(f"review:{name}", args=arguments))
            assert answer.status_code < 500, name
            assert "Канарейченко" not in answer.content.decode(), name


def test_no_service_stumbles_over_what_was_erased(stock, erased):
    import io

    pair, _, people, made = erased
    made.refresh_from_db()
    gone = Record.objects.get(pk=pair.left_id)
    assert list(values.of_record(gone)) == [] and snapshots.of_record(gone) is not None
    assert quarantine.corrections_of(gone) == []
    found, total = records.page("family", offset=0, limit=50)
    assert total == 2 and len(found) == 2
    for sha256 in {one["original"] for one in made.done["bytes"]}:
        assert custody.of_evidence(sha256)
    assert store.verify() == [] and not store.has_unsealed()
    assert identities.page() == []
    asked = exports.ask(people[0], "candidates", "check", "an archive")
    exports.decide(people[1], asked.pk, allowed=True)
    written = io.StringIO()
    exports.fetch(people[0], asked.pk, written)
    assert "Канарейченко" not in written.getvalue()
    assert not ConsumerAnswer.objects.exists() and Candidate.objects.count() == 2
