"""Metamorphic: letters of the other script, in any share, and signs nobody sees leave a name what it is."""

from __future__ import annotations

import random

import pytest

from transliteration import NameLevel, compare, repair
from transliteration.names.dictionary import dictionary
from transliteration.names.given import written_forms

TO_LATIN = dict(zip("АВСЕНІКМОРТХУасеіорхук", "ABCEHIKMOPTXYaceiopxyk", strict=True))
TO_CYRILLIC = {latin: cyrillic for cyrillic, latin in TO_LATIN.items()}


def _names(count: int = 400, seed: int = 20261127) -> list[str]:
    rng = random.Random(seed)
    known = dictionary()
    pool = rng.sample(sorted(known.as_dict("last")), count) + rng.sample(
        sorted(known.as_dict("patronymic")), count // 2
    )
    pool += [rng.choice(forms) for forms in written_forms().values()]
    return [name.replace("'", "ʼ").title() for name in pool]


def test_all_look_alikes_replaced() -> None:
    for name in _names():
        damaged = "".join(TO_LATIN.get(letter, letter) for letter in name)
        assert compare(name, damaged, "surname").level >= NameLevel.ROMANISATION, (name, damaged)


def test_half_of_them_replaced() -> None:
    rng = random.Random(5)
    for name in _names():
        damaged = "".join(TO_LATIN.get(c, c) if rng.random() < 0.5 else c for c in name)
        assert compare(name, damaged, "surname").level >= NameLevel.ROMANISATION, (name, damaged)


def test_a_sign_nobody_sees_leaves_names_identical() -> None:
    for name in _names(200):
        for sign in "\u200b\u200d\u2060\ufeff\u00ad":
            assert compare(name, f"{name[:2]}{sign}{name[2:]}", "surname").code == "identical", name


@pytest.mark.parametrize(
    "word", ["Наріман", "Хоменок", "Потехіна", "Семеренко", "Тертишник", "Нестор", "Вербовий", "Йосипенко"]
)
def test_repair_finds_the_cyrillic_word(word: str) -> None:
    assert repair("".join(TO_LATIN.get(c, c) if c in "аеосрхі" else c for c in word)).text == word


@pytest.mark.parametrize(
    ("a", "b", "role"),
    [
        ("Jalilov", "Джалілов", "surname"), ("Jemilev", "Джемілєв", "surname"), ("Japaridze", "Джапарідзе", "surname"),
        ("Jafarova", "Джафарова", "surname"), ("Sotina", "Зотіна", "surname"), ("Əliyeva", "Алієва", "surname"),
        ("Məmmədov", "Мамедов", "surname"), ("Cəfərov", "Джафаров", "surname"), ("Hakobyan", "Акопян", "surname"),
        ("Nagy", "Надь", "surname"), ("Hatice", "Хатідже", "given"), ("Hélène", "Олена", "given"),
        ("Eugène", "Євген", "given"),        ("Ondřej", "Андрій", "given"), ("Səməd", "Самед", "given"),
    ],
)  # fmt: skip
def test_latin_spellings_of_neighbours(a: str, b: str, role: str) -> None:
    assert compare(a, b, role).level >= NameLevel.ROMANISATION  # type: ignore[arg-type]
