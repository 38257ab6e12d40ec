"""Latin letters on the page: a word that both records write alike reads alike."""

from __future__ import annotations

import pytest

from review.presentation.one_standard import in_one_standard
from transliteration import romanise


def both(left: str, right: str) -> tuple[str, str]:
    """Romanise a Ukrainian and a Russian spelling as intake does, then by one standard."""
    uk, ru = romanise(left, "kmu55"), romanise(right, "icao")
    return (
        in_one_standard([left], [right], uk, ru, "uk", "ru"),
        in_one_standard([right], [left], ru, uk, "ru", "uk"),
    )


@pytest.mark.parametrize(
    ("left", "right", "latin"),
    [
        ("Яворова", "Яворова", ("Yavorova", "Yavorova")),
        ("Яворова Дарія", "ЯВОРОВА ДАРЬЯ", ("Yavorova Dariia", "YAVOROVA DARIA")),
        ("Щербаков Юрій", "Юрий Щербаков", ("Shcherbakov Yurii", "Iurii Shcherbakov")),
        ("Знам'янська", "Знаменская", ("Znamianska", "Znamenskaia")),
    ],
)
def test_a_word_written_alike_reads_alike(left, right, latin):
    assert both(left, right) == latin


def test_records_of_one_language_and_empty_forms_stay():
    assert in_one_standard(["Юлия"], ["Юлия"], "Iuliia", "Iuliia", "ru", "ru") == "Iuliia"
    assert in_one_standard(["Юлія"], ["Julia"], "Yuliia", "", "uk", "en") == "Yuliia"
    assert in_one_standard([], ["Юлия"], "", "Iuliia", "uk", "ru") == ""
