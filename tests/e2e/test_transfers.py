"""A transfer in a real browser: seen without its region, stated by one person, allowed by another."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from registry.linkage import transfers
from registry.linkage.transfers import LearntTransfer
from registry.models import Transfer, TransferStatement, User

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
HOME, REGION = "Дитячий будинок № 3, м. Бердянськ", "Ростовская область"


def clean(page) -> None:
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(rule["id"], node["html"][:160]) for rule in found["violations"] for node in rule["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def learnt(stock):
    pairs = [
        stock.candidate(
            stock.record({"full_name": "Вигаданенко Зоряна", "institution": HOME}),
            stock.record({"full_name": "Вигаданенко Зоряна", "region": REGION}, batch=stock.batch("moved")),
        )
        for _ in range(3)
    ]
    members = [(pair.right_id, pair.left_id) for pair in pairs]
    gains = [(pair.left_id, pair.right_id, 3.2) for pair in pairs]
    one = LearntTransfer("institution", "home", "RU-ROS", members, 3, pairs=3, bits=3.2, gains=gains)
    transfers.store(pairs[0].run_id, [one])


def test_a_transfer_is_seen_stated_and_allowed_by_another(desk, stock):
    learnt(stock)
    page = desk("olena", role="lead", language="en", viewport={"width": 390, "height": 844}, locale="en")
    page.goto("/transfers/")
    expect(page.locator("table.listing")).to_contain_text(HOME)
    expect(page.locator("table.listing")).to_contain_text("withheld")
    assert REGION not in page.content()
    clean(page)
    page.fill("#origin", HOME)
    page.fill("#region", "Самарская область")
    page.fill("#children", "14")
    page.fill("#stated_in", "наказ 12")
    page.fill("#reason", "підписано")
    page.click("text=State it")
    page.wait_for_url("**/transfers/")
    expect(page.locator("main")).to_contain_text("waits for another person")
    assert page.locator("button[value=allow]").count() == 0
    clean(page)
    made = TransferStatement.objects.get()

    page = desk("petro", role="adjudicator", language="uk", viewport={"width": 1280, "height": 900}, locale="uk")
    User.objects.filter(username="petro").update(sees_location=True)
    page.goto("/transfers/")
    clean(page)
    page.click("button[value=allow]")
    page.wait_for_url("**/transfers/")
    made.refresh_from_db()
    assert made.allowed is True
    page.goto(f"/transfers/{Transfer.objects.get().pk}/")
    expect(page.locator("h1")).to_contain_text(REGION)
    clean(page)
