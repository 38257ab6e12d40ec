"""A real Chromium against the real server; every context is one person's browser."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

HERE = Path(__file__).parent
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Playwright's synchronous interface runs an event loop in this thread; the tests still use the database from it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def _records() -> ModuleType:
    if "review_records" not in sys.modules:
        spec = importlib.util.spec_from_file_location("review_records", HERE.parent / "review" / "records.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["review_records"] = module
        spec.loader.exec_module(module)
    return sys.modules["review_records"]


# Not for the whole session: while Playwright plays, an event loop runs in this thread, and flows cannot start one.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playing:
        yield playing


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail("Chromium is missing; install Debian's package `chromium`")
    launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
    yield launched
    launched.close()


@pytest.fixture
def records() -> ModuleType:
    return _records()


@pytest.fixture
def desk(browser: Browser, live_server: Any, records: ModuleType) -> Iterator[Callable[..., Page]]:
    """Add an account, open a browser of its own and sign in by keyboard."""
    contexts: list[BrowserContext] = []

    def open_for(
        username: str, role: str = "verifier", language: str = "uk", signed_in: bool = True, **options: Any
    ) -> Page:
        records.person(username, role, language)
        options = {"locale": "uk-UA", "viewport": {"width": 1280, "height": 900}, **options}
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/login/")
        if signed_in:
            page.focus("#id_username")
            page.keyboard.type(username)
            page.keyboard.press("Tab")
            page.keyboard.type(records.PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/login/" not in url)
        return page

    yield open_for
    for context in contexts:
        context.close()
