"""Stories in real browsers: a contradiction met before it exists, a slip taken back before anybody hears of it."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from configs.settings import settings
from registry.ingestion import batches
from registry.ingestion.rows import NewRecord
from registry.models import Candidate, Contradiction, Evidence, Identity, IdentityEvent, PendingUnion, Source
from review.queue import statements
from sources.locator import Locator

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def clean(page, name: str) -> None:
    """No violation, nothing beside the window; a picture where the environment asks for pictures."""
    if folder := os.environ.get("RIDNI_PICTURES"):
        for width, height in ((1366, 768), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(rule["id"], node["html"][:160]) for rule in found["violations"] for node in rule["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def bank(stock, records):
    """A report and two cards of one bank at one date: blue eyes and grey."""
    child = {"full_name": "Яременко Злата", "birth_date": "2016-08", "mother": "Яременко Олена"}
    values = {"surname": "Яременко", "given": "Злата", "birth": "2016-08-01/2016-08-31", "sex": "f",
              "lost_on": "2022-03-10/2022-03-10"}  # fmt: skip
    made = {}
    for slug, rows in (
        ("family", {"R1": (child, values)}),
        ("cards", {
            "117": ({"given": "Злата", "age": "7", "eyes": "голубые"},
                    {"given": "Злата", "birth": "2016-03-09/2017-03-08", "sex": "f", "eyes": "blue"}),
            "981": ({"given": "Злата", "age": "7", "eyes": "серые"},
                    {"given": "Злата", "birth": "2016-03-09/2017-03-08", "sex": "f", "eyes": "grey"}),
        }),
    ):  # fmt: skip
        facts = records.SOURCES[slug]
        source = stock.source(slug, **{k: getattr(facts, k) for k in ("title", "source_class", "side")})
        evidence = Evidence.objects.create(sha256=f"{next(stock.serial):064x}", size=1)
        new = [
            NewRecord(key, date(2024, 3, 8), Locator(row=n), "uk" if slug == "family" else "ru", written, read, {})
            for n, (key, (written, read)) in enumerate(rows.items(), start=1)
        ]
        batches.ingest_batch(source, evidence.sha256, records.COLLECTED, new)
        made |= {record.key: record for record in source.records.all()}
    Source.objects.filter(slug="cards").update(one_row_per_child=True)
    return made


def judge(page, *keys):
    """Take the next pair and judge it by keys."""
    page.goto("/")
    page.click("#take")
    page.wait_for_selector("#decision")
    page.wait_for_load_state("load")  # the keys are listened to once the page's script has run
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_selector("#kept, #take")


def whole_child(page, name: str, *answers: str) -> None:
    """Take a would-be identity and say of each of its units whether it is this child."""
    page.goto("/")
    page.click("#take")
    page.wait_for_selector("#child")
    units = page.locator("tr.who fieldset")
    expect(units).to_have_count(len(answers))
    expect(page.locator("th.against")).to_have_count(2)  # the bank's two cards, in red before anybody ticks
    clean(page, name)
    for number, answer in enumerate(answers):
        units.nth(number).locator(f"input[value={answer}]").check()
    for answer in set(answers):
        page.select_option(f"#reason-{answer}", index=1)
    page.click("#child button")
    page.wait_for_url(lambda url: "/children/" not in url)


def test_a_contradiction_is_met_before_it_exists(desk, records, stock):
    rows = bank(stock, records)
    first = stock.candidate(rows["R1"], rows["117"], probability=0.74)
    second = stock.candidate(rows["R1"], rows["981"], probability=0.4)
    maria, petro = desk("maria"), desk("petro", language="en")
    for page in (maria, petro):
        judge(page, "1", "4", "Enter")
    assert Identity.objects.count() == 1
    for page, name in ((maria, "child"), (petro, "child-second")):
        whole_child(page, name, "same", "same")
    second.refresh_from_db()
    assert second.status == "contested" and IdentityEvent.objects.count() == 1

    lead = desk("olena", "lead")
    lead.goto("/identities/")
    clean(lead, "identities")
    lead.click("#take")
    lead.wait_for_selector("#settle")
    expect(lead.locator(".contradicts")).to_have_count(2)  # the colours of the eyes
    expect(lead.locator("th.against")).to_have_count(2)
    expect(lead.locator("main")).to_contain_text("кожна дитина записана раз")
    clean(lead, "contradiction")
    lead.check("input[value=apart]")
    lead.select_option("#reason", "siblings")
    lead.fill("#note", "очі різні")
    lead.click("#settle button.button")
    lead.wait_for_url("**/identities/")
    assert Contradiction.objects.get().settlement == "apart"
    assert Identity.objects.get().members.count() == 2 and IdentityEvent.objects.count() == 1
    first.refresh_from_db()
    assert first.status == "verified"


def test_same_and_same_and_different_never_become_one_child(desk, records, stock, client):
    """A = B and B = C are judged same, A = C different: the case system hears of A and B alone."""
    rows = bank(stock, records)
    Source.objects.filter(slug="cards").update(one_row_per_child=False)
    report, blue, grey = rows["R1"], rows["117"], rows["981"]
    between = stock.candidate(report, grey, probability=0.6)
    stock.judge(between, "same")
    stock.judge(stock.candidate(blue, grey, probability=0.3), "different", "different")
    stock.judge(stock.candidate(report, blue, probability=0.9), "same", "same")
    assert Identity.objects.get().members.count() == 2
    whole_child(desk("iryna", language="en"), "child-against", "same", "same")
    between.refresh_from_db()
    assert between.status == "contested"
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {stock.token()}"}
    (served,) = client.get("/api/v1/identities", **bearer).json()["items"]
    assert len(served["records"]) == 2
    lead = desk("olena", "lead", language="en")
    lead.goto("/identities/")
    lead.click("#take")
    lead.wait_for_selector("#settle")
    expect(lead.locator("th.against")).to_have_count(2)
    lead.check("input[value=apart]")
    lead.select_option("#reason", "siblings")
    lead.click("#settle button.button")
    lead.wait_for_url("**/identities/")
    assert Contradiction.objects.get().settlement == "apart" and Identity.objects.get().members.count() == 2


def test_a_slip_is_taken_back_before_anybody_hears_of_it(desk, records, stock, client, monkeypatch):
    monkeypatch.setattr(settings(), "undo_seconds", 60)
    monkeypatch.setattr(statements, "GRACE", 0)  # the second person need not wait
    rows = bank(stock, records)
    pair = stock.candidate(rows["R1"], rows["117"])
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {stock.token()}"}

    def feed():
        return [event["type"].rpartition(".")[2] for event in client.get("/api/v1/events", **bearer).json()]

    judge(desk("maria"), "1", "4", "Enter")
    petro = desk("petro", language="en")
    judge(petro, "1", "4", "Enter")
    expect(petro.locator("#undo")).to_contain_text("Within 60 seconds")
    clean(petro, "decided")
    assert feed() == []
    petro.keyboard.press("u")
    petro.wait_for_url(lambda url: "/decided/" not in url)
    pair.refresh_from_db()
    assert pair.status == "second" and not PendingUnion.objects.exists()
    assert feed() == [] and not Identity.objects.exists()

    judge(desk("iryna", "adjudicator", language="en"), "1", "4", "Enter")
    PendingUnion.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert feed() == ["verified"]


def test_an_identity_is_seen_printed_taken_apart_and_opened_again(desk, records, stock, client):
    rows = bank(stock, records)
    Source.objects.filter(slug="cards").update(one_row_per_child=False)
    for key in ("117", "981"):
        stock.judge(stock.candidate(rows["R1"], rows[key]), "same", "same")
    identity = Identity.objects.get()
    lead = desk("olena", "lead")
    lead.goto("/identities/")
    lead.fill("#id", str(identity.pk))
    lead.click("form.card button")
    lead.wait_for_url(f"**/identities/{identity.pk}/")
    expect(lead.locator(".child-table thead th .side-name")).to_have_count(3)
    clean(lead, "identity")
    lead.check(f"#row-{rows['981'].pk}")
    lead.click("#wrong summary")
    clean(lead, "identity-ask")
    lead.select_option("#reason-split", "two_children")
    lead.click("#split button")
    expect(lead.locator("[role=status]:not(.warn)")).to_be_visible()
    expect(lead.locator("button[value=allow]")).to_have_count(0)
    other = desk("iryna", "adjudicator", language="en")
    other.goto("/identities/")
    other.click(".listing a")
    clean(other, "identity-change")
    other.click("button[value=allow]")
    expect(other.locator("[role=status]:not(.warn)")).to_contain_text("It is done")
    assert set(identity.members.values_list("row_id", flat=True)) == {rows["R1"].pk, rows["117"].pk}
    assert [event.kind for event in IdentityEvent.objects.order_by("seq")] == ["verified", "updated", "split"]
    other.goto(f"/identities/{identity.pk}/print/")
    expect(other.locator(".page-head")).to_contain_text("restricted")
    clean(other, "identity-print")
    if folder := os.environ.get("RIDNI_PICTURES"):
        other.pdf(path=f"{folder}/identity.pdf", format="A4")
    pair = Candidate.objects.get(right_id=rows["117"].pk)
    lead.goto(f"/pairs/{pair.pk}/history/")
    clean(lead, "pair-history")
    lead.click(".fold summary")
    lead.select_option("#reason", "second_thoughts")
    lead.click(".fold button")
    lead.wait_for_url("**/decisions/")
    pair.refresh_from_db()
    assert pair.status == "open" and Identity.objects.get().status == "verified"
