"""From Latin back to Cyrillic, and the case forms of given names."""

from __future__ import annotations

import pytest

from transliteration import cyrillic_candidates
from transliteration.names.cases.given_forms import case_forms, oblique_classes


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Shcherbaniuk", "Щербанюк"), ("Schtscherbanjuk", "Щербанюк"), ("Szczerbaniuk", "Щербанюк"),
        ("Zhukovskyi", "Жуковський"), ("Żukowski", "Жуковський"), ("Zsukovszkij", "Жуковський"),
        ("Joukovsky", "Жуковський"),
        ("Kravčenko", "Кравченко"), ("Krawtschenko", "Кравченко"), ("Kravtsjenko", "Кравченко"),
        ("Kravtjenko", "Кравченко"),
        ("Lukianenko", "Лукʼяненко"), ("Serhii", "Сергій"), ("Volodymyr", "Володимир"), ("Tiahnyriadno", "Тягнирядно"),
    ],
)  # fmt: skip
def test_first_candidates(latin: str, cyrillic: str) -> None:
    assert cyrillic in cyrillic_candidates(latin)[:4]


def test_russian_candidates() -> None:
    assert cyrillic_candidates("Sergey", "ru")[0] == "Сергей"
    assert "Белый" in cyrillic_candidates("Belyy", "ru")
    assert not set("іїєґ") & set("".join(cyrillic_candidates("Zhukovskyi", "ru")).lower())


def test_cyrillic_comes_back_as_it_is() -> None:
    assert cyrillic_candidates("шевченко") == ("Шевченко",)
    assert cyrillic_candidates("") == ()


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("Дмитра", "дмитро"), ("Сергію", "сергій"), ("Андрею", "андрій"), ("Ольгою", "ольга"), ("Ользі", "ольга"),
        ("Якова", "яків"), ("Льва", "лев"), ("Ильи", "ілля"), ("Діму", "дмитро"), ("Димы", "дмитро"),
        ("Катею", "катерина"),
    ],
)  # fmt: skip
def test_base_of_a_declined_given_name(form: str, name: str) -> None:
    assert name in oblique_classes(form)


def test_case_forms() -> None:
    assert {"марії", "марію", "марією"} <= set(case_forms("Марія", "f"))
    assert {"івана", "іванові", "іваном"} <= set(case_forms("Іван", "m"))
    assert case_forms("", "m") == ()
