"""What newer lists say of a record stands on the pair page, as far as the person may see it, and the look is logged."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from registry.evidence import store
from registry.evidence.custody import CollectionFacts
from registry.ingestion import batches, sources
from registry.ingestion.batches import Delivery
from registry.ingestion.rows import NewRecord
from registry.linkage import candidates, runs
from registry.linkage.proposals import NewCandidate
from registry.models import AuditEntry, Candidate, Record, User
from sources.locator import Locator

pytestmark = pytest.mark.django_db


@pytest.fixture
def deliver(records: Any, tmp_path: Any) -> Any:
    """Ingest the cards of one month as a whole list: key to what is written on the card."""

    def deliver(month: int, cards: dict[str, dict[str, str]]) -> None:
        file = tmp_path / f"cards-{month}.html"
        file.write_text(f"cards of month {month}", encoding="utf-8")
        stored = store.store(file, media_type="text/html")
        collected = CollectionFacts("archive", datetime(2024, month, 16, tzinfo=UTC), "saved", "a fictional bank")
        rows = [
            NewRecord(key, None, Locator(card=4), "ru", card, {"given": card["given"]}) for key, card in cards.items()
        ]
        source = sources.register(records.SOURCES["cards"])
        delivery = Delivery(complete=True, as_of=date(2024, month, 15))
        batches.ingest_batch(source, stored.sha256, collected, rows, delivery=delivery)

    return deliver


@pytest.fixture
def card(deliver: Any) -> Record:
    """A card that came, changed, vanished and came back under another name."""
    card = {"given": "Злата", "age": "7", "region": "Калужская область", "note": "Тихая.", "contact": "111"}
    deliver(1, {"vk-1": card, "vk-2": {"given": "Мирон"}})
    deliver(2, {"vk-1": {**card, "age": "8", "region": "Тульская область", "contact": "222"}})
    deliver(3, {"vk-2": {"given": "Мирон"}})
    deliver(4, {"vk-1": {**card, "given": "Златана", "age": "8", "region": "Тульская область", "note": "Весёлая."}})
    return Record.objects.get(key="vk-1", is_current=True)


@pytest.fixture
def pair(card: Record, records: Any, tmp_path: Any) -> Candidate:
    family, *_ = records.store(tmp_path, records.RUSSIFIED)
    run = runs.start("link", {"seed": 1})
    said = [{"field": "given", "level": 5, "bits": 2.0, "code": "identical", "sentence": "the same name"}]
    candidates.store(run, [NewCandidate(family.left_id, card.pk, 9.9, 0.99, "card", said)])
    runs.finish(run, {"candidates": 1})
    return Candidate.objects.get(right=card)


def pane(client: Any, pair: Candidate) -> tuple[str, str]:
    """Return the pane as HTML and as a person reads it."""
    assert client.post("/take/")["Location"] == f"/pairs/{pair.pk}/"
    html = client.get(f"/pairs/{pair.pk}/").content.decode()
    found = re.search(r'<div class="pane" id="changes">.*?</div>', html, re.DOTALL)
    assert found is not None
    return html, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub("</?mark>", "", found[0]))).strip()


def test_a_change_between_lists_is_shown_field_by_field(pair: Candidate, sign_in: Any) -> None:
    html, text = pane(sign_in("maria"), pair)
    steps = ("15.02.2024 a newer list writes it otherwise", "15.03.2024 no longer", "15.04.2024 in the list again")
    places = [text.index(step) for step in steps]
    assert places == sorted(places)
    assert "Age 7 8" in text and "Given name Злата Златана" in text
    assert "Злата<mark>на</mark>" in html, "letters that differ are marked"
    assert "Show the text Тихая. Show the text Весёлая." in text
    assert "withheld" in text and "Калужская" not in html and "Тульская" not in html
    assert "111" not in text and "222" not in text, "how to reach somebody tells no children apart"
    seen = AuditEntry.objects.filter(action="candidate.seen").latest("seq")
    versions = Record.objects.filter(key="vk-1").values_list("pk", flat=True)
    assert seen.data["versions"] == sorted(versions) and len(versions) == 3


def test_the_place_is_shown_to_whoever_has_the_right(pair: Candidate, sign_in: Any) -> None:
    client = sign_in("maria")
    User.objects.filter(username="maria").update(sees_location=True)
    assert "Калужская область Тульская область" in pane(client, pair)[1]


def test_the_blind_look_shows_changes_and_no_score(pair: Candidate, sign_in: Any) -> None:
    first, second = sign_in("maria"), sign_in("petro")
    first.post("/take/")
    first.post(f"/pairs/{pair.pk}/", {"verdict": "same", "reason_same": "name_and_birth"})
    html, text = pane(second, pair)
    assert "second look" in html and "bits" not in html and "15.03.2024 no longer in the list" in text


def test_a_pair_without_changes_has_no_pane(sign_in: Any, russified: Candidate) -> None:
    client = sign_in("maria")
    client.post("/take/")
    assert 'id="changes"' not in client.get(f"/pairs/{russified.pk}/").content.decode()
