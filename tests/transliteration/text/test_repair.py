"""Repair: every kind of damage is mended and reported, sound names stay as they are."""

from __future__ import annotations

import pytest

from transliteration import repair
from transliteration.names.given import written_forms
from transliteration.spelling.romanisation import romanise

NAMES = ["Шевченко Іван", "Жуковський Володимир", "Гнатюк Ольга", "ЩЕРБАНЮК", "Петрова Анна Сергеевна"]
PAGES = [
    ("utf-8", "cp1251"), ("utf-8", "cp1252"), ("utf-8", "latin-1"), ("cp1251", "latin-1"), ("cp1251", "koi8_u"),
    ("koi8_u", "cp1251"), ("koi8_u", "latin-1"),
]  # fmt: skip


def _misread(text: str, was: str, read_as: str) -> str:
    out = []
    for byte in text.encode(was):
        char = bytes([byte]).decode(read_as, "replace")
        out.append(chr(byte) if char == "\ufffd" else char)
    return "".join(out)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("was", "read_as"), PAGES)
def test_mojibake(name: str, was: str, read_as: str) -> None:
    mended = repair(_misread(name, was, read_as))
    assert mended.text == name
    assert "mojibake" in mended.fixes


def test_double_utf8() -> None:
    twice = _misread(_misread("Шевченко", "utf-8", "cp1252"), "utf-8", "cp1252")
    assert repair(twice).text == "Шевченко"


@pytest.mark.parametrize(
    ("broken", "mended", "fix"),
    [
        ("Шeвчeнкo", "Шевченко", "look_alikes"),
        ("ПЕТPOB", "ПЕТРОВ", "look_alikes"),
        ("Kовалeнkо", "Коваленко", "look_alikes"),
        ("Пeтр0в", "Петров", "digits"),
        ("3алізняк", "Залізняк", "digits"),
        ("Лук*яненко", "Лукʼяненко", "apostrophe"),
        ("Лук’яненко", "Лукʼяненко", "apostrophe"),
        ("Шевче́нко", "Шевченко", "marks"),
        ("  Іван   Петренко ", "Іван Петренко", "spaces"),
        ("Нечуй—Левицький", "Нечуй-Левицький", "hyphen"),
        ("Шев\u00adченко\u200b", "Шевченко", "invisible"),
        ("Itdxtyrj Bdfy", "Шевченко Иван", "keyboard"),
        ("Лщмфдутлщ", "Kovalenko", "keyboard"),
    ],
)
def test_damage(broken: str, mended: str, fix: str) -> None:
    found = repair(broken)
    assert found.text == mended
    assert fix in found.fixes


def test_sound_names_are_left_alone() -> None:
    for forms in written_forms().values():
        for form in forms:
            plain = form.capitalize()
            assert repair(plain).text == plain
            assert repair(romanise(plain)).text == romanise(plain)
    for name in ["Müller", "Ževčenko", "Łukasz", "O'Brien", "Nguyen", "Qatar", "Schmidt-Kowalski"]:
        assert repair(name) == repair(name.strip())
        assert repair(name).fixes == ()


def test_repair_is_idempotent() -> None:
    for name in ["Шeвчeнкo", "Øåâ÷åíêî ²âàí", "Пeтр0в  Лук*ян", "Itdxtyrj Bdfy"]:
        once = repair(name).text
        assert repair(once).text == once
