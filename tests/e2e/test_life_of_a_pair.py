"""The whole life of a candidate in a real browser, by keyboard alone, up to the case feed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from registry.access import consumers
from registry.models import Candidate

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

WORDS = {
    "uk": {
        "kept": "Ваш висновок збережено",
        "verified": "особу підтверджено",
        "heading": "Чи це одна дитина?",
        "handed": "Пару передано",
    },
    "en": {
        "kept": "Your verdict is kept",
        "verified": "the identity is verified",
        "heading": "Is it one child?",
        "handed": "The pair is handed over",
    },
}


def by_keyboard(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def take_next(page):
    """The queue and the page after a verdict hold the focus on the one action."""
    expect(page.locator("#take")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pairs/*/")


def goes_on(page, candidate):
    """The next pair comes by itself."""
    page.wait_for_url(lambda url: f"/pairs/{candidate.pk}/" not in url)
    page.wait_for_load_state("load")


def stops(page):
    """Give back the pair that came by itself."""
    by_keyboard(page, "b")
    page.wait_for_url(re.compile(r":\d+/$"))


@pytest.mark.parametrize("language", ["uk", "en"])
def test_the_whole_life_of_a_pair_by_keyboard_alone(desk, records, tmp_path, language):
    """Judged, taken back, handed over, judged by an adjudicator, disputed by a blind second, decided by a third."""
    pairs = records.store_group(tmp_path)
    candidate = pairs["Алексей"]
    words = WORDS[language]

    def leave():
        page.evaluate("document.activeElement.blur()")

    page = desk("maria", language=language)
    take_next(page)
    assert page.url.endswith(f"/pairs/{candidate.pk}/")
    by_keyboard(page, "g")
    expect(page.locator("#around")).to_be_focused()
    expect(page.locator("#around")).to_contain_text("Вербицька Софія Тарасівна")
    by_keyboard(page, "o")
    expect(page.locator("#others")).to_be_focused()
    by_keyboard(page, "1", "5", "n")
    page.keyboard.type("2 знаки")
    by_keyboard(page, "Escape", "e")
    expect(page.locator(".own")).to_have_count(2, timeout=30_000)  # a process of its own reads each original
    expect(page.locator("main")).not_to_contain_text("ГАЙОВЫЙ")
    by_keyboard(page, "e")
    page.wait_for_selector("#decision")
    expect(page.locator("#reason-same-alteration_explained")).to_be_checked()
    expect(page.locator("#note")).to_have_value("2 знаки")
    by_keyboard(page, "Enter")
    goes_on(page, candidate)
    expect(page.locator("#kept")).to_contain_text(str(candidate.pk))
    by_keyboard(page, "u")
    page.wait_for_url(f"**/pairs/{candidate.pk}/")
    expect(page.locator("#verdict-same")).to_be_checked()
    expect(page.locator("#note")).to_have_value("2 знаки")
    assert Candidate.objects.get(pk=candidate.pk).status == "open"
    leave()
    by_keyboard(page, "h")
    expect(page.locator("#hand-over-safety")).to_be_focused()
    by_keyboard(page, "Space", "Tab", "Enter")
    page.wait_for_url(re.compile(r"/$"))
    expect(page.locator("[role=status]")).to_contain_text(words["handed"])
    assert Candidate.objects.get(pk=candidate.pk).escalated

    page = desk("iryna", "adjudicator", language=language)
    take_next(page)
    assert page.url.endswith(f"/pairs/{candidate.pk}/")
    expect(page.locator("q")).to_have_text("2 знаки")
    by_keyboard(page, "1", "5", "Enter")
    goes_on(page, candidate)
    stops(page)

    page = desk("petro", language=language)
    take_next(page)
    by_keyboard(page, "2", "8", "n")
    page.keyboard.type("брат, не він")
    by_keyboard(page, "Escape", "Enter")
    goes_on(page, candidate)
    stops(page)
    assert Candidate.objects.get(pk=candidate.pk).status == "disputed"

    page = desk("olena", "lead", language=language)
    take_next(page)
    assert page.url.endswith(f"/pairs/{candidate.pk}/")
    expect(page.locator(".earlier li")).to_have_count(2)
    expect(page.locator(".earlier")).to_contain_text("брат, не він")
    by_keyboard(page, "1", "6", "Enter")
    goes_on(page, candidate)
    expect(page.locator("#kept")).to_be_visible()
    expect(page.locator("#undo")).to_have_count(0)  # the identity is made
    page.goto(f"/pairs/{candidate.pk}/history/")
    expect(page.locator("main .lead")).to_be_visible()
    expect(page.locator(".steps tbody tr")).to_have_count(12)
    pairs["София"].refresh_from_db()
    assert pairs["София"].urgent_for == ("sibling_found",)
    page.goto("/")
    page.focus("#take")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/pairs/{pairs['София'].pk}/")
    expect(page.locator(".urgent")).to_be_visible()


def test_a_group_is_judged_row_by_row(desk, records, tmp_path):
    pairs = records.store_group(tmp_path)
    page = desk("maria")
    page.goto("/groups/")
    page.get_by_role("link", name="Показати рядки").click()
    expect(page.locator(".rows tbody tr")).to_have_count(4)
    by_keyboard(page, "Enter")
    for name in ("Алексей", "София"):
        page.wait_for_url(f"**/pairs/{pairs[name].pk}/")
        by_keyboard(page, "1", "7", "Enter")
        goes_on(page, pairs[name])
    page.wait_for_url("**/pairs/*/")
    page.goto("/groups/")
    page.get_by_role("link", name="Показати рядки").click()
    expect(page.locator("main")).to_contain_text("ви розглянули 2 рядки")
    expect(page.locator(".rows tbody tr")).to_have_count(2)


def test_the_queue_keeps_to_chosen_pairs_and_says_so(desk, records, tmp_path):
    first, second, _third = records.store(tmp_path, records.RUSSIFIED, records.CARD, records.POST)
    page = desk("maria", java_script_enabled=False)
    page.locator("#filter summary").click()
    page.select_option("#filter-scenario", "card")
    page.get_by_role("button", name="Лише такі").click()
    assert page.url.endswith("/") and "card" not in page.url
    expect(page.locator(".chosen")).to_contain_text("анкета на усиновлення")
    page.click("#take")
    page.wait_for_url(f"**/pairs/{second.pk}/")
    page.get_by_role("button", name="Пропустити").click()
    page.wait_for_url("**/nothing/")
    page.get_by_role("button", name="Назад до всієї черги").click()
    page.click("#take")
    page.wait_for_url(f"**/pairs/{first.pk}/")


@pytest.mark.parametrize("language", ["uk", "en"])
def test_two_people_verify_a_pair_and_the_feed_has_it(desk, records, stock, live_server, tmp_path, language):
    (candidate,) = records.store(tmp_path, records.RUSSIFIED)
    words = WORDS[language]
    for name, closing in (("maria", words["kept"]), ("petro", words["verified"])):
        page = desk(name, language=language)
        expect(page.locator("html")).to_have_attribute("lang", language)
        take_next(page)
        assert page.url.endswith(f"/pairs/{candidate.pk}/")
        expect(page.get_by_role("heading", level=1)).to_have_text(words["heading"])
        by_keyboard(page, "1", "5", "Enter")
        page.wait_for_url("**/decided/")
        expect(page.locator("main")).to_contain_text(closing)

    context = desk("oksana").context
    feed = context.request.get(
        f"{live_server.url}/api/v1/identities",
        headers={"Authorization": f"Bearer {stock.token(scopes=[consumers.READ_EVIDENCE])}"},
    )
    assert feed.status == 200
    (identity,) = feed.json()["items"]
    # The holder's list may tell in its keys where the child is; references tell nothing.
    assert {record["evidence"]["key"] for record in identity["records"]} == {candidate.left.key, "withheld"}
    assert len({record["reference"] for record in identity["records"]}) == 2
    assert context.request.get(f"{live_server.url}/api/v1/identities").status == 401


def test_a_disagreement_goes_to_a_third_person_by_keyboard(desk, records, tmp_path):
    (candidate,) = records.store(tmp_path, records.CARD)
    for name, keys in (("maria", ("1", "4")), ("petro", ("3", "6"))):
        page = desk(name)
        take_next(page)
        by_keyboard(page, *keys, "Enter")
        page.wait_for_url("**/decided/")
    lead = desk("iryna", "lead")
    take_next(lead)
    expect(lead.locator(".earlier li")).to_have_count(2)
    expect(lead.locator(".earlier")).to_contain_text("Неможливо визначити")
    by_keyboard(lead, "2", "8", "Enter")
    lead.wait_for_url("**/decided/")
    assert Candidate.objects.get(pk=candidate.pk).status == "rejected"


def test_the_second_browser_holds_nothing_of_the_first(desk, records, tmp_path):
    records.store(tmp_path, records.RUSSIFIED)
    first = desk("maria")
    take_next(first)
    assert "біта" in first.content()
    by_keyboard(first, "1", "7", "Enter")
    first.wait_for_url("**/decided/")
    second = desk("petro")
    take_next(second)
    html = second.content()
    assert not re.search(r'біта|97 %|class="bar"|maria|[Сс]ценарі|0[.,]97|20[.,]9', html)
    assert second.locator("input:checked").count() == 1  # the switch of the keys
    second.goto(f"{second.url}original/")
    assert not re.search(r"біта|97 %|maria|[Сс]ценарі", second.content())


def test_two_at_once_never_hold_the_same_pair(desk, records, tmp_path):
    records.store(tmp_path, records.RUSSIFIED, records.CARD)
    pages = [desk(name) for name in ("maria", "petro", "oksana")]
    for page in pages:
        page.focus("#take")
    for page in pages:
        page.evaluate("document.querySelector('.take').submit()")
    for page in pages:
        page.wait_for_url(re.compile(r"/(pairs/\d+|nothing)/$"))
    urls = [page.url for page in pages]
    assert len(set(urls)) == 3
    assert sum(url.endswith("/nothing/") for url in urls) == 1


def test_keys_skip_help_and_guard_against_half_a_verdict(desk, records, tmp_path):
    first, second = records.store(tmp_path, records.RUSSIFIED, records.CARD)
    page = desk("maria")
    take_next(page)
    by_keyboard(page, "Enter")
    expect(page.locator("#decision-status")).to_have_text("Спершу оберіть висновок: 1, 2 або 3.")
    expect(page.locator("#verdict-same")).to_be_focused()
    by_keyboard(page, "2", "Enter")
    expect(page.locator("#decision-status")).to_contain_text("Оберіть також причину")
    expect(page.locator("#reason-different-name_conflict")).to_be_focused()
    expect(page.locator(".reasons-same")).to_be_hidden()
    by_keyboard(page, "?")
    expect(page.locator("#help")).to_have_attribute("open", "")
    by_keyboard(page, "?")
    expect(page.locator("#help")).not_to_have_attribute("open", "")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.down("KeyS")
    page.wait_for_url(f"**/pairs/{second.pk}/")
    assert Candidate.objects.get(pk=first.pk).reserved_by is None


def test_single_keys_can_be_switched_off(desk, records, tmp_path):
    records.store(tmp_path, records.RUSSIFIED)
    page = desk("maria")
    take_next(page)
    by_keyboard(page, "?", "Tab", "Space")
    expect(page.locator("#keys-on")).not_to_be_checked()
    page.reload()
    by_keyboard(page, "1")
    assert page.locator("input[name=verdict]:checked").count() == 0


def test_the_essential_path_works_without_javascript(desk, records, tmp_path):
    (candidate,) = records.store(tmp_path, records.RUSSIFIED)
    for name in ("maria", "petro"):
        page = desk(name, java_script_enabled=False)
        page.click("#take")
        expect(page.locator(".reasons-same")).to_be_hidden()
        page.get_by_label("Одна й та сама дитина").check()
        expect(page.locator(".reasons-same")).to_be_visible()
        page.get_by_label("збігаються батьки, брати чи сестри").check()
        page.get_by_role("button", name="Підтвердити").click()
        page.wait_for_url("**/decided/")
    assert Candidate.objects.get(pk=candidate.pk).status == "verified"


def test_a_session_that_ends_while_deciding_loses_nothing(desk, records, tmp_path):
    (candidate,) = records.store(tmp_path, records.RUSSIFIED)
    page = desk("maria")
    take_next(page)
    by_keyboard(page, "1", "5", "n")
    page.keyboard.type("запитати школу")
    by_keyboard(page, "Escape")
    session = {cookie["name"] for cookie in page.context.cookies()}
    assert "sessionid" in session
    page.context.clear_cookies(name="sessionid")
    by_keyboard(page, "Enter")
    page.wait_for_url("**/login/**")
    page.fill("#id_username", "maria")
    page.fill("#id_password", records.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/pairs/{candidate.pk}/")
    expect(page.locator("#verdict-same")).to_be_checked()
    expect(page.locator("#note")).to_have_value("запитати школу")
    expect(page.locator("#reason-same-alteration_explained")).to_be_checked()
    by_keyboard(page, "Enter")
    page.wait_for_url("**/decided/")
    assert Candidate.objects.get(pk=candidate.pk).status == "second"


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_blocked(desk, records, live_server, tmp_path):
    records.store(tmp_path, records.RUSSIFIED)
    page = desk("maria", signed_in=False)
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/login/")
    page.fill("#id_username", "maria")
    page.fill("#id_password", records.PASSWORD)
    page.keyboard.press("Enter")
    take_next(page)
    assert asked and all(url.startswith(live_server.url) for url in asked)
    assert complaints == []
