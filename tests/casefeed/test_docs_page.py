import shutil

import pytest
from playwright.sync_api import sync_playwright

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]


@pytest.fixture
def page(monkeypatch):
    """A page of the machine's Chromium that may only speak to the test server."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_the_docs_page_works_offline_under_the_policy(page, live_server, stock):
    token = stock.token("browser")
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/api/v1/docs")
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("Value").fill(token)
    page.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close", exact=True).click()
    page.locator("#operations-default-casefeed_api_list_events .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    answer = page.locator("#operations-default-casefeed_api_list_events .live-responses-table .response").first
    answer.wait_for()
    assert "200" in answer.inner_text() and "feed-cursor" in answer.inner_text()
    assert asked and all(url.startswith((live_server.url, "data:")) for url in asked)
    assert complaints == []
