"""A text in words and sentences, and mentions that do not depend on what stands in other paragraphs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from transliteration.mentions import find_mentions
from transliteration.mentions.text import Text

POSTS = [
    "10-річна Соня Вигаданко з Херсона чекає на рідних.",
    "1. Осовий Назар, 9 років\n2. Жартенко Олена, 7 років",
    "Розшукується хлопчик Алієв Вусал Саід огли, 2012 р.н.",
    "Вигаданко О.П., 2010 р.н., і Діма та Соня Жартенки, 10 і 8 років",
    "Знайшли дитину: Сергієнка Максима, 9 років",
]


def test_words_and_sentences_lie_in_the_text() -> None:
    text = Text.of("Соня Вигаданко, 9 р. Вона з м. Херсона.\nЧекає.")
    assert [text.folded[word.start : word.end] for word in text.words] == [word.text for word in text.words]
    assert [text.folded[slice(*span)] for span in text.spans][-1] == "Чекає."
    assert text.joined(0)
    assert not text.joined(1)
    assert text.behind(0).startswith(" Вигаданко")


@pytest.mark.parametrize("post", POSTS)
def test_a_paragraph_before_moves_mentions_and_changes_nothing_else(post: str) -> None:
    before = "Погода була гарна.\n\n"
    alone, moved = find_mentions(post), find_mentions(before + post)
    assert alone
    shift = len(before)
    assert [replace(one, start=one.start + shift, end=one.end + shift) for one in alone] == moved
