"""axe-core finds no violation on any page, in either language, wide or narrow."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from registry.access import tokens
from registry.identities import answers, feed_files, feed_position
from registry.models import Candidate, WebhookMessage

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def violations(page) -> list[str]:
    # Evaluated by the browser's debugger, which the page's content policy does not concern.
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {rule['id']}: {rule['help']} — {node['html'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("language", "width"), [("uk", 1280), ("en", 390)])
def test_no_page_has_a_violation(desk, records, tmp_path, language, width):
    pair, *_ = records.store(tmp_path, records.RUSSIFIED, records.CARD, records.POST)
    viewport = {"width": width, "height": 900}
    found = []

    guest = desk("guest", language=language, signed_in=False, viewport=viewport, locale=language)
    found += violations(guest)
    guest.fill("#id_username", "guest")
    guest.fill("#id_password", "wrong")
    guest.keyboard.press("Enter")
    guest.wait_for_selector("#login-error")
    found += violations(guest)

    first = desk("maria", language=language, viewport=viewport)
    found += violations(first)
    for address in ("/password/", "/decisions/", "/nothing/", "/no-such-page/"):
        first.goto(address)
        found += violations(first)
    first.goto("/")
    first.click("#take")
    found += violations(first)
    first.keyboard.press("?")
    first.keyboard.press("1")
    first.keyboard.press("Enter")
    found += violations(first)
    first.keyboard.press("4")
    first.keyboard.press("Enter")
    first.wait_for_selector("#kept, #take")
    found += violations(first)
    first.goto("/decisions/")
    found += violations(first)

    second = desk("petro", language=language, viewport=viewport)
    second.click("#take")
    second.wait_for_url(f"**/pairs/{pair.pk}/")
    found += violations(second)
    Candidate.objects.filter(pk=pair.pk).update(reserved_until=timezone.now() - timedelta(minutes=1))
    second.goto(f"/pairs/{pair.pk}/")
    found += violations(second)
    second.click("main button")
    second.wait_for_selector("#decision")
    second.wait_for_load_state("load")
    second.keyboard.press("2")
    second.keyboard.press("8")
    second.keyboard.press("h")
    second.keyboard.press("n")
    found += violations(second)
    second.keyboard.press("Escape")
    second.keyboard.press("Enter")
    second.wait_for_selector("#kept, #take")
    found += violations(second)
    second.goto("/decisions/")
    found += violations(second)
    second.goto(f"/pairs/{pair.pk}/history/")
    found += violations(second)

    third = desk("iryna", "adjudicator", language=language, viewport=viewport)
    third.click("#take")
    third.wait_for_selector(".earlier")
    found += violations(third)

    auditor = desk("olha", "auditor", language=language, viewport=viewport)
    found += violations(auditor)
    assert found == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("dark", 390)])
def test_groups_originals_and_what_stands_around_have_no_violation_light_or_dark(
    desk, records, tmp_path, scheme, width
):
    records.store_group(tmp_path)
    page = desk("maria", language="en", viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en")
    found = violations(page)
    page.click("#order summary")
    page.click("#filter summary")
    found += violations(page)
    page.goto("/groups/")
    found += violations(page)
    page.click(".groups a")
    found += violations(page)
    page.click("#take")
    page.wait_for_selector("#around")
    found += violations(page)
    page.click("#original")
    page.wait_for_selector("#back")
    found += violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert found == []


def test_the_checker_itself_finds_what_is_wrong(desk):
    page = desk("maria", signed_in=False)
    page.evaluate("document.querySelector('label').remove()")
    assert any("label" in line for line in violations(page))


@pytest.mark.parametrize(("language", "width"), [("uk", 1280), ("en", 390)])
def test_what_case_systems_hold_and_figures_have_no_violation(desk, stock, language, width):
    identity = str(stock.judge(stock.candidate(), "same", "same").identity_id)
    consumer = stock.consumer("partner", endpoint="https://partner.example/hook", writes_to="https://primero.example")
    given = {"Authorization": f"Bearer {stock.token('partner', endpoint='https://partner.example/hook')}"}
    assert Client(headers=given).get(f"/api/v1/identities/{identity}").status_code == 200
    stock.judge(stock.candidate(), "same", "same")
    WebhookMessage.objects.filter(consumer=consumer).update(state="dead")
    feed_files.enter(stock.user("lead"), consumer, "csv", feed_position.current(), "0" * 64, 1, 0)
    answers.answer(tokens.authenticate(given["Authorization"][7:]), UUID(identity), "reunified", "a")
    lead = desk("olena", "lead", language=language, viewport={"width": width, "height": 900}, locale=language)
    found = []
    for address in ("/consumers/", "/consumers/deliveries/", "/outcomes/", f"/identities/{identity}/"):
        lead.goto(address)
        found += violations(lead)
    assert found == []
