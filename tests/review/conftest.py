"""Accounts, pairs and browsers without a browser for the tests of the pages."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import Client


def load_records() -> ModuleType:
    """Load the fictional pairs, which the browser tests share."""
    if "review_records" not in sys.modules:
        spec = importlib.util.spec_from_file_location("review_records", Path(__file__).with_name("records.py"))
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["review_records"] = module
        spec.loader.exec_module(module)
    return sys.modules["review_records"]


@pytest.fixture
def records() -> ModuleType:
    return load_records()


@pytest.fixture
def sign_in(records: ModuleType, db: Any) -> Callable[..., Client]:
    """Make an account and return a client that is signed in with it."""

    def make(username: str, role: str = "verifier", language: str = "en") -> Client:
        client = Client(enforce_csrf_checks=False)
        records.person(username, role, language)
        answer = client.post("/login/", {"username": username, "password": records.PASSWORD})
        assert answer.status_code == 302
        return client

    return make


@pytest.fixture
def russified(records: ModuleType, tmp_path: Path, db: Any) -> Any:
    """Return one stored candidate that waits for its first verdict."""
    return records.store(tmp_path, records.RUSSIFIED)[0]
