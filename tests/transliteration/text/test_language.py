"""Which of two near languages a record is in: by letters, endings and words that one of them has alone."""

from __future__ import annotations

import pytest

from transliteration.text.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Дмитро", "uk"),
        ("Дмитрий", "ru"),
        ("Дар'я", "uk"),
        ("Вигаданська Олена Петрівна", "uk"),
        ("Выдуманская Елена", "ru"),
        ("ВЫМЫШЛЕНОВА МАРИНА СЕРГЕЕВНА", "ru"),
        ("Алиска, 14 лет, Лисичанск. Кто узнает, напишите в бот.", "ru"),
        ("Аліска, 14 років, Лисичанськ. Хто впізнає, напишіть у бот.", "uk"),
        ("Пропал мальчик 10 лет", "ru"),
        ("Максим Бондар", ""),
        ("Bondar Maksym", ""),
        ("", ""),
        ("7 № 14", ""),
    ],
)
def test_letters_endings_and_words_tell(text, language):
    assert language_of([text]) == language


def test_the_most_words_decide_wherever_they_stand():
    name, place = "Выдуманская Елена Сергеевна", "Сєвєродонецьк"
    assert language_of([name, place]) == language_of([place, name]) == "ru"
    assert language_of(["Олена", "Елена"]) == ""


def test_case_and_the_sign_of_the_apostrophe_are_nothing():
    assert {language_of([text]) for text in ("Мар'яна", "МАР’ЯНА", "марʼяна")} == {"uk"}
