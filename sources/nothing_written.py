"""Texts that mean in any list that nothing was written."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final

WORDS: Final = frozenset(
    {
        *("?", "??", "???", "n/a", "na", "none", "null", "(null)", "<null>", "nil", "nan", "\\n", "\\\\n", "undefined"),
        *("unknown", "not known", "no data", "not available", "not specified", "not stated", "blank", "(blank)", "tbd"),
        *("н/д", "н/в", "н/з", "немає", "немає даних", "нема даних", "дані відсутні", "даних немає", "відсутній"),
        *("відсутня", "відсутні", "відсутнє", "невідомо", "невідома", "невідомий", "не відомо", "не вказано"),
        *("не заповнено", "не зазначено", "не встановлено", "не визначено", "без даних", "немає інформації"),
        *("нет данных", "данных нет", "нет сведений", "неизвестно", "неизвестна", "неизвестен", "не известно"),
        *(
            "не указано",
            "не указана",
            "не указан",
            "не заполнено",
            "не установлено",
            "отсутствует",
            "отсутствуют",
            "б/д",
        ),
        *("нет информации", "информация отсутствует", "сведения отсутствуют"),
    }
)
"""Words of Ukrainian, Russian and English, and of programs."""

_MARKS: Final = re.compile(r"[-–—−_.·•…*~\\/|☐□\s]+|0{1,4}[-./]0{1,2}[-./]0{1,4}(?:[T ]00:00(?::00)?)?")
"""Dashes, dots and strokes alone; the day zero of databases."""


def is_nothing(text: str, more: Set[str] = frozenset()) -> bool:
    """Tell whether a text means that nothing was written.

    Args:
        text: A cell, without spaces around it.
        more: Words of the list's own, in lower case.
    """
    folded = text.casefold()
    return folded in WORDS or folded in more or (text[:1] in _FIRST and _MARKS.fullmatch(text) is not None)


_FIRST: Final = frozenset("-–—−_.·•…*~\\/|0☐□")
