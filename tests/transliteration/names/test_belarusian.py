"""Belarusian given names, in Cyrillic and as passports write them."""

from __future__ import annotations

import pytest

from transliteration import NameLevel, compare, tables


@pytest.mark.parametrize("row", tables.rows("belarusian_given_names"), ids=lambda row: row["belarusian"])
def test_a_belarusian_form_is_the_name(row: dict[str, str]) -> None:
    for form in (row["belarusian"], row["latin"]):
        assert compare(form.title(), row["given"].title(), "given").level >= NameLevel.ROMANISATION, form


def test_other_names_stay_others() -> None:
    assert compare("Алена", "Олег", "given").level <= NameLevel.ONE_SLIP
    assert compare("Алег", "Олена", "given").level <= NameLevel.ONE_SLIP
