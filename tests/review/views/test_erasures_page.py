"""The page of erasures: a plan in counts before whoever decides, in both languages, and no name on it."""

import re

import pytest
from django.urls import reverse

from keeping import holds
from keeping.erasure import requests, targets
from registry.models import Erasure

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(client, stock):
    """Return a function that asks for a page, or sends a form, as somebody."""

    def ask(person, name="erasures", *arguments, language="en", **sent):
        client.force_login(person)
        address, spoken = reverse(f"review:{name}", args=arguments), {"Accept-Language": language}
        return client.post(address, sent, headers=spoken) if sent else client.get(address, headers=spoken)

    return ask


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_one_asks_on_the_page_and_another_allows(pages, stock):
    record = stock.record()
    data, lead = stock.user("data"), stock.user("lead")
    assert "There is no such record" in words(pages(data, "erasure_ask", thing="nobody", ground="unlawful"))
    assert pages(data, "erasure_ask", thing=str(record.pk), ground="asked_by_family").status_code == 302
    shown = pages(data)
    assert "1 rows of lists" in words(shown) and "Вигаданенко" not in shown.content.decode()
    assert 'value="allow"' not in shown.content.decode()
    uk = words(pages(lead, language="uk"))
    assert "Стирання" in uk and "1 рядків списків" in uk and "Про це просить родина" in uk
    assert pages(data, "erasure_decide", Erasure.objects.get().pk, answer="allow").status_code == 403
    made = Erasure.objects.get()
    assert pages(lead, "erasure_decide", made.pk, answer="allow").status_code == 302
    made.refresh_from_db()
    assert made.allowed and made.decided_by == lead
    assert pages(lead, "erasure_decide", made.pk, answer="allow").status_code == 409
    assert "carried out this night" in words(pages(lead))


def test_nobody_allows_their_own_and_a_hold_is_told(pages, stock):
    lead = stock.user("lead")
    record = stock.record()
    made = requests.ask(lead, targets.named(str(record.pk)), "unlawful")
    assert "their own" in words(pages(lead, "erasure_decide", made.pk, answer="allow"))
    holds.add(stock.user("auditor"), targets.named(str(record.pk)), "order 12/24 of a court")
    answer = pages(stock.user("auditor"), "erasure_decide", made.pk, answer="allow")
    assert answer.status_code == 409 and "A hold keeps this" in words(answer) and "order 12/24" in words(answer)
    made.refresh_from_db()
    assert made.allowed is None
