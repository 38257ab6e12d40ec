from __future__ import annotations

import csv
import unicodedata
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transliteration.mentions import Mention, find_mentions

PUBLISHED = date(2023, 5, 1)
CASES = list(csv.DictReader((Path(__file__).parents[1] / "cases" / "mentions.csv").open(encoding="utf-8")))
TEXTS = [row["text"].replace("\\n", "\n") for row in CASES]


def described(mention: Mention) -> str:
    birth = mention.birth.edtf.replace("/", "..") if mention.birth else ""
    parts = [mention.given, mention.surname, mention.patronymic, mention.sex, birth]
    return "/".join([*parts, mention.place, mention.location, mention.institution])


@pytest.mark.parametrize("case", CASES, ids=[row["text"][:40] for row in CASES])
def test_case_table(case: dict[str, str]) -> None:
    """`given/surname/patronymic/sex/birth/place/location/institution`, several joined by ` | `; none for no child."""
    found = find_mentions(case["text"].replace("\\n", "\n"), published=PUBLISHED)
    assert " | ".join(map(described, found)) == case["mentions"]


@pytest.mark.parametrize("text", TEXTS, ids=[text[:40] for text in TEXTS])
def test_offsets_point_at_the_written_name(text: str) -> None:
    for prefix in ("", "👧 ", "Увага!\n\n", "й" + "\u0301 "):
        for mention in find_mentions(prefix + text, published=PUBLISHED):
            assert (prefix + text)[mention.start : mention.end] == mention.written


@pytest.mark.parametrize("text", TEXTS, ids=[text[:40] for text in TEXTS])
def test_typing_changes_nothing(text: str) -> None:
    """Decomposed letters, other apostrophes and dashes, hard spaces give the same children."""
    plain = [(m.given, m.surname, m.birth) for m in find_mentions(text, published=PUBLISHED)]
    decomposed = unicodedata.normalize("NFD", text)
    retyped = text.replace("-", "\u2011").replace("'", "\u02bc").replace(" ", "\u00a0")
    for other in (decomposed, retyped):
        assert [(m.given, m.surname, m.birth) for m in find_mentions(other, published=PUBLISHED)] == plain


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        (
            "Дима",
            (
                "Ищем родных Димы, 10 лет",
                "Видели Диму, 10 лет",
                "10-летнего Диму забрали",
                "У Димы, 10 лет, нет никого",
            ),
        ),
        ("Оля", ("Бачили Олю, 10 років", "Рідних Олі, 10 років, шукають", "10-річна Оля", "Оля (10 років)")),
        ("Дмитро", ("Шукаємо Дмитра, 10 років", "10-річного Дмитра вивезли", "Дмитро, 10 років")),
        ("Наталія", ("Шукаємо Наталію, 10 років", "10-річну Наталію вивезли", "10-річна Наталія")),
        ("Артём", ("Ищем Артёма, 10 лет", "10-летний Артём", "Видели Артёма (10 лет)")),
    ],
)
def test_case_forms_lead_to_one_base_form(base: str, forms: tuple[str, ...]) -> None:
    for text in forms:
        found = find_mentions(text, published=PUBLISHED)
        assert [(m.given, m.age_months) for m in found] == [(base, (120, 132))], text


@pytest.mark.parametrize(
    ("written", "sex", "base"),
    [
        ("Дмитра Коваленка", "m", "Коваленко"),
        ("Дмитра Ткачука", "m", "Ткачук"),
        ("Дмитра Заболоцького", "m", "Заболоцький"),
        ("Дмитра Кравця", "m", "Кравець"),
        ("Олену Заболоцьку", "f", "Заболоцька"),
        ("Олену Мороз", "f", "Мороз"),
        ("Дмитрия Иванцова", "m", "Иванцов"),
        ("Елену Иванцову", "f", "Иванцова"),
        ("Елену Заболоцкую", "f", "Заболоцкая"),
    ],
)
def test_declined_surnames(written: str, sex: str, base: str) -> None:
    (found,) = find_mentions(f"Бачили {written}, 9 років", published=PUBLISHED)
    assert (found.surname, found.sex) == (base, sex)


@pytest.mark.parametrize(
    "text",
    [
        "25 детей из ДНР прибыли в Ростовскую область.",
        "Автобусами вивезено 120 вихованців інтернату, куди саме — невідомо.",
        "30 children from Kherson were moved to Crimea.",
        "Дети Донбасса едут на отдых",
        "",
        " \n ",
    ],
)
def test_groups_name_nobody(text: str) -> None:
    assert find_mentions(text, published=PUBLISHED) == []


@pytest.mark.parametrize("name", ["Олена Бойко", "Ольга Ивановна Сидорова", "Dmytro Shevchenko", "Ірина"])
@pytest.mark.parametrize(
    "frame",
    [
        "Мама {} шукає дитину.",
        "Директор інтернату {} зустрів 20 дітей.",
        "Воспитатель {}, 45 лет, рассказала о детях.",
        "{}, уполномоченная по правам ребенка, приехала к детям.",
        "{}, 51, a caregiver, took 12 children away.",
        "Вулиця {} веде до школи.",
    ],
)
def test_adults_are_left_out(name: str, frame: str) -> None:
    assert find_mentions(frame.format(name), published=PUBLISHED) == []


def test_an_age_means_other_birthdays_on_another_day() -> None:
    text = "Дима, 10 лет, Мариуполь"
    (early,) = find_mentions(text, published=date(2022, 5, 1))
    (late,) = find_mentions(text, published=date(2023, 5, 1))
    (undated,) = find_mentions(text)
    assert early.birth is not None and late.birth is not None
    assert late.birth.start.year - early.birth.start.year == 1
    assert undated.birth is None and undated.age_months == early.age_months == (120, 132)


def test_a_former_child_of_twenty_is_kept_and_an_adult_is_not() -> None:
    assert len(find_mentions("19-летний Саша из Горловки ищет родных", published=PUBLISHED)) == 1
    assert find_mentions("Волонтер Саша, 19 лет, привёз детей", published=PUBLISHED) == []
    assert find_mentions("29-летний Саша из Горловки ищет родных", published=PUBLISHED) == []


def test_an_unknown_name_beside_an_age_is_kept() -> None:
    for text in ("Зорепад, 9 років, Бахмут", "9-річний Зорепад з Бахмута", "Zorepad, 9, was taken from Bakhmut"):
        assert [m.given for m in find_mentions(text, published=PUBLISHED)] in (["Зорепад"], ["Zorepad"])
    for text in ("Маріуполь, 10 років тому", "Донецк, 10 лет", "10 років тому Маріуполь був іншим"):
        assert find_mentions(text, published=PUBLISHED) == []


@settings(deadline=None)
@given(st.text(max_size=300) | st.lists(st.sampled_from(" ".join(TEXTS).split(" ")), max_size=40).map(" ".join))
def test_no_text_raises(text: str) -> None:
    found = find_mentions(text, published=PUBLISHED)
    assert found == find_mentions(text, published=PUBLISHED)
    assert all(text[mention.start : mention.end] == mention.written and mention.given for mention in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "garbage",
    ["Дима ", "10 лет ", "Діма і ", "Ж", "м. Х ", "\n", "(10) Дима, ", "центр а б ", "Саша, ", "10 і ", "\u0301"],
)
def test_long_garbage_is_bounded(garbage: str) -> None:
    text = (garbage * 10_000)[:10_000]
    found = find_mentions(text, published=PUBLISHED)
    assert all(text[mention.start : mention.end] == mention.written for mention in found)
    assert not found or any(name in garbage for name in ("Дима", "Діма", "Саша"))
