"""The language of a row: what its letters show goes before what the list states."""

from __future__ import annotations

import pytest

from sources.extraction.normalise import normalise

POST = {"given": "Дмитрий", "text": "Дмитрий, 14 лет, Вымысловск. Кто узнает, напишите в бот."}


@pytest.mark.parametrize("stated", ["mixed", "uk", "ru"])
def test_a_russian_post_is_romanised_as_russian(stated):
    meant = normalise(POST, observed_on=None, language=stated)
    assert (meant.language, meant.romanised["given"]) == ("ru", "Dmitrii")


def test_a_ukrainian_name_in_a_russian_list_is_romanised_as_ukrainian():
    meant = normalise({"full_name": "Вигаданко Юрій", "birthplace": "Выдуманск"}, observed_on=None, language="ru")
    assert (meant.language, meant.romanised["full_name"]) == ("uk", "Vyhadanko Yurii")


@pytest.mark.parametrize("stated", ["mixed", "uk", "ru", "en"])
def test_where_nothing_tells_the_list_does(stated):
    assert normalise({"full_name": "Бондар Максим"}, observed_on=None, language=stated).language == stated
