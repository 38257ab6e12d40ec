"""The endings by which nominatives are looked for are all that the grammar of surnames makes."""

from __future__ import annotations

from typing import Any

import pytest

from transliteration.names.cases.surname_bases import surname_bases
from transliteration.names.cases.surname_forms import ENDINGS, paradigms

SURNAMES = [
    "вигаданко", "жартенко", "ткачик", "гайдай", "мусій", "палій", "третій", "гожий", "тихий", "толстой", "лісовий",
    "сивокінь", "заєць", "швець", "коломієць", "андреїв", "петрів", "лебедєв", "короїв", "гринь", "лазар", "кожух",
    "лоза", "сорока", "круча", "кутя", "надія", "верхня", "рудая", "синяя", "зозуля", "моя", "ковальчук", "їй",
]  # fmt: skip


def _forms(base: str, sex: str) -> list[tuple[Any, str]]:
    made = [(case, stem + end) for stem, ends in paradigms(base, sex) for end, cases in ends.items() for case in cases]
    return [(case, form) for case, form in made if form != base]


@pytest.mark.parametrize("sex", ["f", "m"])
@pytest.mark.parametrize("surname", SURNAMES)
def test_every_form_ends_in_a_known_ending(surname: str, sex: str) -> None:
    for _, form in _forms(surname, sex):
        assert any(form.endswith(ending) for ending in ENDINGS)


@pytest.mark.parametrize("surname", ["андреїв", "сивокінь", "заєць", "швець", "ткачик", "гайдай", "лісовий", "петрів"])
def test_a_nominative_is_found_from_each_of_its_forms(surname: str) -> None:
    for case, form in _forms(surname, "m"):
        assert surname in surname_bases(form, "m", case) or len(surname_bases(form, "m", case)) == 4, (case, form)
