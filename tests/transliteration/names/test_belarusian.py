"""Belarusian surnames are the names they are, and Ukrainian ones stay apart."""

from __future__ import annotations

from random import Random

import pytest

from transliteration import FullNameIndex, NameLevel, canonical_variants, compare, compare_full_names, romanise
from transliteration.names.belarusian import belarusian_readings
from transliteration.names.dictionary import dictionary

PAIRS = [
    ("Каваленка", "Коваленко"), ("Шаўчэнка", "Шевченко"), ("Іваноў", "Иванов"), ("Іваноў", "Іванов"),
    ("Зайцаў", "Зайцев"), ("Вараб'ёў", "Воробьёв"), ("Вараб’ёў", "Воробйов"), ("Мядзведзеў", "Медведев"),
    ("Кузняцоў", "Кузнецов"), ("Марозава", "Морозова"), ("Марозаў", "Морозова"), ("Сцяпанаў", "Степанов"),
    ("Цімафееў", "Тимофеев"), ("Аляксандраў", "Александров"), ("Мацвееў", "Матвеев"), ("Жукоўскі", "Жуковський"),
    ("Астроўская", "Островская"), ("Раманчык", "Романчик"), ("Бандарэнка", "Бондаренко"), ("Чарнышоў", "Чернышев"),
    ("Kavalenka", "Коваленко"), ("Shauchenka", "Шевченко"), ("Ivanou", "Иванов"), ("Zaitsau", "Зайцев"),
    ("Рабчанка", "Рябченко"), ("Каралёва", "Королёва"), ("Траццяк", "Третьяк"), ("Лявонцьеў", "Леонтьев"),
    ("Kavaliova", "Ковалёва"), ("Shauchuk", "Шевчук"),
    ("Varabyou", "Воробьёв"), ("Piatrou", "Петров"), ("Marozava", "Морозова"), ("Zhukouski", "Жуковський"),
]  # fmt: skip
OTHERS = [
    ("Галенко", "Голенко"), ("Галенка", "Голенко"), ("Шаўчэнка", "Савченко"), ("Бондаренко", "Бандаренко"),
    ("Захарчук", "Захорчук"), ("Козлов", "Казлов"), ("Kulou", "Калов"), ("Марозаў", "Мазуров"), ("Piatrou", "Патров"),
]  # fmt: skip


@pytest.mark.parametrize(("belarusian", "name"), PAIRS)
def test_a_belarusian_surname_is_its_ukrainian_or_russian_form(belarusian: str, name: str) -> None:
    for pair in ((belarusian, name), (name, belarusian), (belarusian.upper(), name.lower())):
        assert compare(*pair, "surname").level >= NameLevel.ROMANISATION
    assert set(canonical_variants(belarusian, "surname")) & set(canonical_variants(name, "surname"))
    assert compare_full_names(f"Вольга {belarusian}", f"{name} Ольга").bits > 10


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_other_surnames_stay_apart(one: str, other: str) -> None:
    assert compare(one, other, "surname").level <= NameLevel.ONE_SLIP
    assert compare(other, one, "surname").level <= NameLevel.ONE_SLIP


def test_ukrainian_surnames_are_not_read_as_belarusian() -> None:
    drawn = Random(21).sample(sorted(dictionary().as_dict("last")), 3_000)
    read = [word for word in drawn if belarusian_readings(word)]
    assert len(read) <= 0.003 * len(drawn), read
    assert all(word.endswith(("віч", "скі", "цкі")) or "ы" in word or "э" in word for word in read), read
    assert sum(bool(belarusian_readings(romanise(word))) for word in drawn) <= 0.002 * len(drawn)


def test_a_belarusian_form_finds_its_own_name_first() -> None:
    near = ("Галенко", "Голенко", "Захарчук", "Захорчук")
    names = [f"{name} Олена" for name in [*(pair[1] for pair in PAIRS), *near]]
    listed = list(dict.fromkeys(names))
    index = FullNameIndex(listed)
    for belarusian, name in PAIRS:
        scores = index.scores(f"{belarusian} Алена")
        assert scores[listed.index(f"{name} Олена")] == scores.max()
