"""A consent that cannot be read is shown on the pair page as a doubt; a clear one stays hidden."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


def page(sign_in, stock, said, doubts):
    left = stock.record(
        {"full_name": "Вигаданенко Зоряна", "consent": "див. примітку"},
        values={"surname": "вигаданенко", "consent": said, "doubts": doubts},
    )
    candidate = stock.candidate(left)
    client = sign_in("maria")
    client.post("/take/")
    return client.get(f"/pairs/{candidate.pk}/", headers={"Accept-Language": "en"}).content.decode()


def test_unclear_is_a_doubt(sign_in, stock):
    html = page(sign_in, stock, "unclear", ["consent_unclear"])
    assert "див. примітку" in html
    assert "доки не з’ясовано" in html or "nothing about this child leaves" in html


def test_a_clear_word_stays_hidden(sign_in, stock):
    assert "див. примітку" not in page(sign_in, stock, "no", [])
