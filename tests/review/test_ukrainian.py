"""Ukrainian as an editor would have it: one word for one thing, in our own texts and in those of the libraries."""

from __future__ import annotations

import gettext as files
import re
from pathlib import Path

import allauth
import pytest
from django.contrib import auth
from django.utils import translation

import review

OURS = Path(review.__file__).parent / "locale/uk/LC_MESSAGES/django.mo"

INSTEAD = {
    r"\bоцін": "бал for the model's score, розглянути and висновок for what people do",
    r"рішенн\w* (?:щодо пари|людей)|мої рішення": "висновок",
    r"анкет\w+ для усиновлення": "анкета на усиновлення",
    r"систем\w+ справ\b": "система ведення справ",
    r"згода двох": "узгодженість висновків: згода is consent",
    r"чинник": "двофакторна автентифікація",
    r"[ау]утентиф": "автентифікація",
    r"\bдодат(?:ок|ка|ком|ку)\b": "застосунок",
    r"гриф\w* поводження": "гриф обмеження доступу",
    r"в інших руках": "її розглядає інша людина",
    r"перевіряльник": "верифікатор / верифікаторка",
    r"(?:це|відкриття|сторінки теж) записується": "фіксується в журналі: запис is a record",
    r"забрати файл": "завантажити файл",
    r"керівник\w* групи|ваш\w+ групи|роль у групі": "команда for people: групи are rows of a list",
    r"посередині": "медіана",
}
"""What is not written, and what is written instead."""


def texts(path: Path) -> dict[str, str]:
    """Return the texts of a compiled catalogue by what they translate."""
    with path.open("rb") as stream:
        catalogue = files.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
    return {str(key): text for key, text in catalogue.items() if key}


@pytest.mark.parametrize("pattern", INSTEAD)
def test_one_word_for_one_thing(pattern):
    found = [text for text in texts(OURS).values() if re.search(pattern, text, re.IGNORECASE)]
    assert found == [], f"write: {INSTEAD[pattern]}"


@pytest.mark.parametrize("library", [allauth, auth], ids=lambda library: library.__name__)
def test_words_of_the_libraries_are_ours(library):
    """Social accounts and mail are not in use; whatever else a page may show goes by our words."""
    path = Path(library.__file__).parent / "locale/uk/LC_MESSAGES/django.mo"
    shown = [
        key for key in texts(path) if not re.search(r"email|social|app id|and authorization|%\(", key, re.IGNORECASE)
    ]
    assert len(shown) > 50
    with translation.override("uk"):
        said = {key: translation.gettext(key) for key in shown}
    wrong = r"[ау]утентиф|\bдодат(?:ок|ка|ком|ку)\b|не може складається|той же"
    assert {key: text for key, text in said.items() if re.search(wrong, text, re.IGNORECASE)} == {}
