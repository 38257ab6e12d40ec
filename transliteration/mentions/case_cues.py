"""Words before a name that tell its case and sex: "бачили", "10-летнего", "хлопчика"."""

from __future__ import annotations

import re

from transliteration.mentions.cue_words import is_word
from transliteration.mentions.text import Sentence, Token


def stands_declined(sentence: Sentence, first: int) -> bool:
    """Whether the words before a name put it into an oblique case: "бачили", "родных", "10-летнего"."""
    for back in range(first - 1, max(sentence.first, first - 3) - 1, -1):
        word = sentence.words[back].lower
        if is_word(word, "oblique") or re.search(
            r"(?:річн|летн|місячн|месячн)(?:ого|его|ої|ей|ому|ему|у|юю|ій)$", word
        ):
            return True
    return False


_DECLINED_BOY = re.compile(
    r"(?:хлопчик|мальчик|син|сын|брат|братик|підлітк|подростк|малюк|малыш|школяр|вихованц|воспитанник)(?:а|у|ом|ові|еві)|хлопц(?:я|ю|ем|еві)"
)
_DECLINED_GIRL = re.compile(
    r"(?:дівчинк|девочк|доньк|дочк|сестр|сестричк|внучк)(?:у|ою|ой)|дівчинці|доньці|дочці|сестрі|девочке"
)


def sex_of_declined_word(sentence: Sentence, first: int) -> str:
    """Return `m` or `f` where a word such as "хлопчика" or "доньку" right before a name tells its sex and case."""
    before = sentence.words[first - 1].lower if first > sentence.first and sentence.text.joined(first - 1) else ""
    if _DECLINED_BOY.fullmatch(before):
        return "m"
    return "f" if _DECLINED_GIRL.fullmatch(before) else ""


_CONSONANTS = frozenset("бвгґджзклмнпрстфхцчшщ")
_ENDS_DECLINED = ("им", "ым", "ім", "ом", "ем", "єм", "ём", "их", "ых")


def sex_of_undeclined(surname: Token | None) -> str:
    """Return `f` beside a surname in a consonant: a man's would be declined with him ("шукаємо Ткач Ярославу")."""
    lower = surname.lower if surname is not None else ""
    return "f" if len(lower) > 2 and lower[-1] in _CONSONANTS and not lower.endswith(_ENDS_DECLINED) else ""
