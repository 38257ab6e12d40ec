"""The lead reads on every page that real records lie in a deployment that is not fit for them; nobody else does."""

from __future__ import annotations

import pytest

from registry.fitness import checks
from review.templatetags import permissions as tags

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _look_anew(monkeypatch):
    monkeypatch.setitem(tags._fitness, "at", float("-inf"))


def says(client, page="/") -> bool:
    tags._fitness["at"] = float("-inf")
    return "ridni doctor" in client.get(page).content.decode()


def test_on_every_page_of_the_lead_once_there_are_real_records(sign_in, stock, monkeypatch):
    lead, maria = sign_in("olha", "lead"), sign_in("maria")
    assert not says(lead)
    pair = stock.candidate()
    with monkeypatch.context() as demo:
        demo.setattr(checks, "FICTIONAL", pair.left.batch.collected_from)
        assert not says(lead)
    for page in ("/", "/quality/", "/exports/"):
        assert says(lead, page)
    assert not says(maria)


def test_a_fit_deployment_says_nothing(sign_in, stock, monkeypatch):
    stock.batch()
    monkeypatch.setattr(checks, "CHECKS", (("https", lambda: "", ""),))
    assert not says(sign_in("olha", "lead"))
