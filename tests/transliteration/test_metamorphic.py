"""What must not change a ranking: the side, the case, the apostrophe, the script, the system, the declension."""

from __future__ import annotations

import pytest

from transliteration import Role, compare, compare_full_names, compare_pairs, romanise
from transliteration.spelling.romanisation import systems

# (role, name, better, worse): better must stay at least as high as worse under every change.
TRIPLES: list[tuple[Role, str, str, str]] = [
    ("surname", "Лук'яненко", "Лукьяненко", "Лученко"),
    ("surname", "Жуковський", "Жуковский", "Журавський"),
    ("surname", "Щербанюк", "Щербанюк", "Щербина"),
    ("surname", "Згурська", "Згурская", "Загорська"),
    ("given", "В'ячеслав", "Вячеслав", "Ярослав"),
    ("given", "Євгенія", "Евгения", "Єва"),
    ("given", "Олексій", "Алексей", "Олександр"),
    ("patronymic", "Григорівна", "Григорьевна", "Георгіївна"),
]
CHANGES = [
    str.upper, str.lower, lambda s: s.replace("'", "’"), lambda s: s.replace("'", "`"), lambda s: s.replace("'", ""),
    lambda s: romanise(s, "kmu55"), lambda s: f" {s} ",
]  # fmt: skip


@pytest.mark.parametrize(("role", "name", "better", "worse"), TRIPLES)
def test_changes_keep_the_order(role: Role, name: str, better: str, worse: str) -> None:
    for change in CHANGES:
        for one, two, three in [
            (change(name), better, worse), (name, change(better), change(worse)),
            (change(name), change(better), change(worse)),
        ]:  # fmt: skip
            assert compare(one, two, role).level > compare(one, three, role).level, (one, two, three)


@pytest.mark.parametrize("system", sorted(systems()))
def test_every_system_keeps_the_order(system: str) -> None:
    language = systems()[system].language
    for role, name, better, worse in TRIPLES:
        shown = name if language == "uk" else better
        latin = romanise(shown, system)
        assert compare(latin, name, role).level > compare(latin, worse, role).level, (latin, name, worse)


@pytest.mark.parametrize(
    ("declined", "base", "other"),
    [
        ("Шевченка", "Шевченко", "Шевчук"), ("Шевченку", "Шевченко", "Шевчук"),
        ("Ковальчука", "Ковальчук", "Коваленко"),
        ("Жуковського", "Жуковський", "Журавський"), ("Жуковської", "Жуковська", "Журавська"),
        ("Петрову", "Петрова", "Петрук"),
        ("Білої", "Біла", "Білик"), ("Петровым", "Петров", "Петренко"),
    ],
)  # fmt: skip
def test_declined_surnames_keep_the_order(declined: str, base: str, other: str) -> None:
    assert compare(declined, base, "surname").level > compare(declined, other, "surname").level


def test_sides_may_be_swapped() -> None:
    for role, name, better, worse in TRIPLES:
        assert compare(name, better, role) == compare(better, name, role)
        left, right = [name, name], [better, worse]
        assert list(compare_pairs(left, right, role)) == list(compare_pairs(right, left, role))


def test_full_names_in_any_order_and_script() -> None:
    base = "Шевченко Олександр Петрович"
    same = [
        "Олександр Петрович Шевченко", "Шевченко Александр Петрович", "Oleksandr Shevchenko", "Schewtschenko Olexandr",
        "ШЕВЧЕНКО О.П.", "Саша Шевченко",
    ]  # fmt: skip
    others = ["Шевченко Ольга Петрівна", "Шевчук Олександр Петрович", "Олексій Шевченко", "Шевченко В.П."]
    worst_same = min(compare_full_names(base, s).bits for s in same)
    assert worst_same > 0
    assert worst_same > max(compare_full_names(base, o).bits for o in others)
    for name in [*same, *others]:
        assert compare_full_names(base, name).bits == compare_full_names(name, base).bits
