"""What a row means: written text kept, doubts told, nothing taken for a name that is none."""

from __future__ import annotations

from datetime import date

import pytest

from sources import load_config
from sources.errors import SourceError
from sources.extraction.children import children_of
from sources.extraction.extracted import Problem
from sources.extraction.normalise import normalise
from sources.extraction.reading import read_source

CONFIG = """\
source_class: family
reader: csv
key: id
language: uk
fields:
  full_name: name
  birth_date: born
  sex: {column: sex, map: {чоловіча: m, жіноча: f}}
  siblings: siblings
  lost_on: lost
  consent: consent
"""
HEADER = "id;name;born;sex;siblings;lost;consent"


def children(tmp_path, *rows, config=CONFIG):
    (tmp_path / "list.yaml").write_text(config, encoding="utf-8")
    (tmp_path / "list.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    description = load_config(tmp_path / "list.yaml")
    found = []
    for item in read_source(description, tmp_path / "list.csv"):
        found += [item] if isinstance(item, Problem) else children_of(item, description)
    return found


def test_what_is_written_stays_and_what_it_means_stands_beside_it(tmp_path):
    (child,) = children(
        tmp_path, "1;Гаврилюк Тарас Олегович;03.04.2012;чоловіча;Гаврилюк Марта, 2014 р.н.;12.06.2022;ні"
    )
    assert child.item.written["sex"] == "чоловіча"
    assert child.meant.values["sex"] == "m"
    assert child.meant.values["siblings"] == ["Марта"]
    assert child.meant.values["birth"] == "2012-04-03/2012-04-03"
    assert child.meant.values["lost_on"] == "2022-06-12/2022-06-12"
    assert child.meant.values["consent"] == "no"


def test_a_date_that_cannot_be_read_is_a_doubt_and_no_date(tmp_path):
    (child,) = children(tmp_path, "1;Гаврилюк Тарас;99.99.9999;;;;")
    assert "birth" not in child.meant.values
    assert child.meant.values["doubts"] == ["birth_date_unreadable"]


@pytest.mark.parametrize("nobody", ["невідомо", "Неизвестно", "-", "н/д", "unknown"])
def test_a_word_for_unknown_is_no_name(tmp_path, nobody):
    (problem,) = children(tmp_path, f"1;{nobody};2012;;;;")
    assert problem.reason_code == "no_name"


def test_a_key_must_name_nobody(tmp_path):
    with pytest.raises(SourceError, match="must name nobody"):
        children(tmp_path, config=CONFIG.replace("key: id", "key: '{name}'"))


def test_the_order_that_a_source_states_is_heeded():
    written = {"full_name": "Роман Богдан"}
    first = normalise(written, observed_on=None, language="uk", name_order="surname given").values
    last = normalise(written, observed_on=None, language="uk", name_order="given surname").values
    assert (first["surname"], first["given"]) == (last["given"], last["surname"]) == ("Роман", "Богдан")


def test_a_declined_name_is_read_in_its_base_form():
    values = normalise({"full_name": "Шевченко Александра Петровича"}, observed_on=None, language="ru").values
    assert (values["given"], values["patronymic"], values["sex"]) == ("Александр", "Петрович", "m")


@pytest.mark.parametrize(
    ("father", "doubted"), [("Коваль Олег Ігорович", False), ("Коваль Ігор", True), ("Коваль О.", False)]
)
def test_a_patronymic_is_held_against_the_father(father, doubted):
    written = {"full_name": "Коваль Марта Олегівна", "father": father}
    doubts = normalise(written, observed_on=None, language="uk").values.get("doubts", [])
    assert ("father_patronymic" in doubts) is doubted


def test_an_age_belongs_to_its_day():
    seen = date(2023, 3, 15)
    assert (
        normalise({"given": "Марта", "age": "9 років"}, observed_on=seen, language="uk").values["birth"]
        == "2013-03-16/2014-03-15"
    )
    assert (
        "age_without_date"
        in normalise({"given": "Марта", "age": "9"}, observed_on=None, language="uk").values["doubts"]
    )


def test_names_that_a_publisher_changed_are_no_evidence():
    values = normalise(
        {"full_name": "Іваненко Марта", "age": "9"}, observed_on=date(2023, 3, 15), language="uk", pseudonymised=True
    ).values
    assert not {"surname", "given", "patronymic"} & set(values)
    assert values["sex"] == "f"


@pytest.mark.parametrize(
    ("surname", "given", "swapped"),
    [
        ("Олександр", "Вигаданюк-Шевченко", True),
        ("Олександр", "Шевченко", True),
        ("Александр", "Ткачов", True),
        ("Шевченко", "Олександр", False),
        ("Роман", "Іван", False),
        ("Роман", "Есенія", False),
        ("Мартин", "Заріфе", False),
        ("Олена", "Ш.", False),
    ],
)
def test_surname_and_given_name_in_each_others_column_change_places(surname, given, swapped):
    meant = normalise({"surname": surname, "given": given}, observed_on=None, language="uk").values
    assert (meant["surname"] == given) == swapped
    assert ("surname_swapped" in meant.get("doubts", [])) == swapped


@pytest.mark.parametrize(("written", "day"), [("2023-01-01", date(2023, 1, 1)), ("2023-03", date(2023, 3, 31))])
def test_a_list_of_the_first_of_january_is_of_that_day(tmp_path, written, day):
    (child,) = children(tmp_path, "1;Гаврилюк Марта;01.01.2012;;;;", config=CONFIG + f"observed_on: {written}\n")
    assert child.observed_on == day
    assert child.meant.values["birth"] == "2012-01-01/2012-12-31"
