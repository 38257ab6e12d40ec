"""Finds the date of birth and the age that stand inside another text, such as a cell with a name."""

from __future__ import annotations

import re
from functools import cache

from transliteration.dates.ages import find_ages
from transliteration.dates.forms import month_pattern
from transliteration.text.folding import lower_in_place

# What marks a date as one of birth, behind it and before it.
_BEHIND = (
    r"(?:р\.?\s?н(?:ар|арод)?\b\.?|г\.?\s?р(?:ожд)?\b\.?|д\.?\s?[нр]\b\.?|(?:року|рік|год|года|г\.?|р\.?)\s?(?:народж\w*|нар\.?|рожд\w*|рожд\.?)|"
    r"народж\w*|рожд\w*|[рг]/[нр](?!\w)|y\.?o\.?b\.?|р\.|г\.|року|рік|года?|[рг](?![\w.]))"
)
_BEFORE = (
    r"(?:(?:дата|рік|год|роки)\s(?:народження|рождения)|народжен\w+|рожден\w+|уродж\.|[рг]/[нр]|(?:year|date)\sof\sbirth|y\.?o\.?b\.?|день\s(?:народження|рождения)|народи\w+|роди\w+|нар\.|род\.|рожд\.|д\.?\s?[нр]\.?|р\.?\s?н\.?|г\.?\s?р\.?|"
    r"date\sof\sbirth|dob|born(?:\son|\sin)?|b\.|geb\.|ur\.|né(?:e)?(?:\sle)?|\*)\s?[:\-]?\s?(?:у|в|on|in|am)?\s?"
)
BIRTH_WORD = re.compile(
    r"р\.?\s?н|г\.?\s?р(?![\w])|г\.?\s?рожд|д\.?\s?[нр](?![\w])|народ|нар\.|рожд|род|birth|born|dob|b\.|geb|ur\.|né|\*"
)
"""What says of a date in lower case that it is one of birth."""
_YEAR = r"(?:19|20)\d\d"
_AGE_WORD = r"(?:р(?:ок\w*)?|л(?:ет)?|г(?:од\w*)?|міс|мес|y\.?o|yrs?|y)\b\.?"


@cache
def _pattern() -> re.Pattern[str]:
    month = rf"(?:{month_pattern()})"
    forms = (
        rf"{_YEAR}-\d\d-\d\d",
        r"\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d\d)",
        rf"\d{{1,2}}(?:-?(?:го|е|th|st|nd|rd))?\.?\s?{month}(?!\w)\.?,?\s?(?:\d{{4}}|\d\d)",
        rf"{month}(?!\w)\.?\s\d{{1,2}},?\s\d{{4}}",
        rf"{month}(?!\w)\.?\s{_YEAR}",
        rf"(?:\d{{1,2}}\s?[./]\s?)?[ivx]{{1,4}}\s?[./]\s?{_YEAR}",
        rf"\d{{1,2}}\s?[./]\s?{_YEAR}",
        rf"{_YEAR}(?:\s?[-/–]\s?{_YEAR})?",
        r"\d\d(?=\s?(?:р\.?\s?н\b|г\.?\s?р\b))",
    )
    return re.compile(rf"(?<![\w])(?:{_BEFORE})?(?P<date>{'|'.join(forms)})(?!\d)(?:,?\s?{_BEHIND})*", re.IGNORECASE)


_SHORT_AGE = re.compile(rf"(?<![\w.,/])\d{{1,2}}(?:[.,]\d)?\s?-?\s?{_AGE_WORD}(?:\s?\d{{1,2}}\s?{_AGE_WORD})?(?!\w)")
_BARE_AGE = re.compile(r"(?<=[(,;])\s?\d{1,2}\s?(?=[),;]|$)")


def find_births(text: str) -> list[tuple[int, int]]:
    """Return the spans of the dates and ages in a text of one line, from left to right without overlaps."""
    plain = lower_in_place(text)
    spans = [match.span() for match in _pattern().finditer(plain)]
    for start, end in (
        *((age.start, age.end) for age in find_ages(plain)),
        *(match.span() for pattern in (_SHORT_AGE, _BARE_AGE) for match in pattern.finditer(plain)),
    ):
        if not any(start < other_end and other_start < end for other_start, other_end in spans):
            spans.append((start, end))
    return sorted(spans)
