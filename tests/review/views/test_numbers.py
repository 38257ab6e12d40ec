"""A number of any length, in any script, ends in an answer."""

from __future__ import annotations

import pytest

from registry.models import RosterMeeting
from review.forms import whole_number

pytestmark = pytest.mark.django_db

NUMBERS = ["9" * 5000, "9" * 4299, "9" * 19, str(2**63), str(2**63 - 1), "٣", "²", "-1", "1.5", "1_0", " 7 ", ""]


@pytest.mark.parametrize("text", NUMBERS)
def test_no_number_is_an_error_of_the_server(sign_in, text):
    meeting = RosterMeeting.objects.create(transfer="0" * 32, institution="1" * 32).pk
    lead, auditor = sign_in("iryna", "lead"), sign_in("olha", "auditor")
    asked = [
        lead.get("/decisions/", {"before": text}),
        lead.post(f"/groups/{meeting}/take/", {"candidate": text}),
        lead.post("/undo/", {"review": text}),
        lead.post("/quality/gold/", {"candidate": text, "answer": "same"}),
        lead.post("/filter/", {"source": text}),
        lead.get("/quality/", {"days": text}),
        lead.post("/openings/reopen/", {"user": text}),
        lead.post("/exports/ask/", {"kind": "identities", "purpose": text, "recipient": text[:200]}),
        auditor.get("/log/", {"before": text, "number": text, "actor": text}),
    ]
    if text.isdecimal():
        for place in (
            "pairs/%s/", "pairs/%s/original/", "pairs/%s/history/", "pairs/%s/documents/",
            "groups/%s/", "documents/%s/", "second-factor/keys/%s/edit/",
        ):  # fmt: skip
            asked.append(lead.get("/" + place % text))
        for place in (
            "pairs/%s/", "pairs/%s/skip/", "pairs/%s/release/", "pairs/%s/again/", "pairs/%s/escalate/",
            "pairs/1/other/%s/", "pairs/%s/documents/1/", "pairs/1/documents/%s/", "groups/%s/take/",
            "exports/%s/decide/", "exports/%s/fetch/", "quality/gold/%s/retire/", "documents/%s/observe/",
        ):  # fmt: skip
            asked.append(lead.post("/" + place % text))
        asked.append(lead.post("/take/"))  # a group of that number may have been asked for
    assert [answer.status_code for answer in asked if answer.status_code >= 500] == []


def test_a_whole_number_is_one_that_a_row_may_have():
    assert [whole_number(text) for text in NUMBERS] == [None] * 10 + [7, None]
    assert whole_number("9" * 18) == 10**18 - 1
