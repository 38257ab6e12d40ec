from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.presentation.differences import differences, script


def shown(left: str, right: str) -> tuple[str, str]:
    """Write both sides with [marks]."""
    sides = differences(left, right)
    return tuple("".join(f"[{s.text}]" if s.differs else s.text for s in side) for side in sides)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("left", "right", "marked"),
    [
        ("Сергій", "Сергей", ("Серг[і]й", "Серг[е]й")),
        ("Шевченко Олена", "Олена Шевченко", ("Шевченко Олена", "Олена Шевченко")),
        ("ШЕВЧЕНКО", "Шевченко", ("ШЕВЧЕНКО", "Шевченко")),
        ("Шевченко, Олена", "Шевченко Олена", ("Шевченко, Олена", "Шевченко Олена")),
        ("Шевченко О. П.", "Шевченко Олена Петрівна", ("Шевченко О. П.", "Шевченко Олена Петрівна")),
        ("Коваль Олена", "Мороз Олена", ("[Коваль] Олена", "[Мороз] Олена")),
        ("Олена", "Олена Петрівна", ("Олена", "Олена Петрівна")),
        ("", "Олена", ("", "Олена")),
        ("Шевченко О.", "Шевченко Павло", ("Шевченко [О.]", "Шевченко [Павло]")),
        ("м. Ірпінь, вул. Садова", "г. Ирпень", ("м. [І]рп[і]нь, вул. Садова", "г. [И]рп[е]нь")),
        ("12.05.2014", "12.06.2014", ("12.0[5].2014", "12.0[6].2014")),
    ],
)
def test_marks_what_a_reader_would_point_at(left: str, right: str, marked: tuple[str, str]) -> None:
    assert shown(left, right) == marked


def test_composed_and_decomposed_letters_are_one_letter() -> None:
    assert shown("Сергій", unicodedata.normalize("NFD", "Сергій"))[0] == "Сергій"


def test_a_latin_letter_inside_a_cyrillic_name_is_marked() -> None:
    assert shown("Олeна", "Олена") == ("Ол[e]на", "Ол[е]на")


WORDS = st.text(alphabet="абвгґд ійїё-'.,xyzАБВ\u0301", max_size=30)


@given(WORDS, WORDS)
def test_segments_give_the_text_back_on_both_sides(left: str, right: str) -> None:
    sides = differences(left, right)
    assert ["".join(s.text for s in side) for side in sides] == [left, right]


@given(WORDS)
def test_a_text_never_differs_from_itself(text: str) -> None:
    assert not any(s.differs for side in differences(text, text.upper()) for s in side)


@pytest.mark.parametrize(
    ("text", "name"), [("Олена", "cyrillic"), ("Olena", "latin"), ("12.05", ""), ("Oлена", "cyrillic")]
)
def test_script_is_the_one_most_letters_have(text: str, name: str) -> None:
    assert script(text) == name
