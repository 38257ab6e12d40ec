"""How a cell is laid out: lines and letters set apart, dashes and slashes between names, dates that are of no birth."""

from __future__ import annotations

import re

from transliteration.dates.find import BIRTH_WORD
from transliteration.names.cell.words import is_of_kind
from transliteration.names.features import is_initial
from transliteration.names.given import is_given_name

_LIST_NUMBER = re.compile(r"^\s*(?:№\s*)?\d{1,5}\s*[.):]\s*(?=\D)|^\s*№\s*\d{1,5}\s+|^\s*[-–—•*·●▪➢✓+]+\s+")
_BETWEEN_NAMES = re.compile(r"\s/\s")
_DOTS = re.compile(r"(?<=[^\W\d_])\.{2,}")
_HYPHENATED = re.compile(r"(?<=[^\W\d_]{2})[-\u2010]\s*[\n\r]+\s*(?=[^\W\d_])")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_] ){3,}[^\W\d_](?!\w)")
_IS_DATE = re.compile(r"\d{4}|\d\s?[./-]\s?\d")
_NOT_AN_AGE = re.compile(r"^\s*(?:тому|назад|ago)(?!\w)")
_EVENT = re.compile(
    r"(?:зник|пропа|вив[еі]з|выв[её]з|депорт|помер|умер|загин|погиб|приб[уы]|поверн|вернул|возвра|переда|усинов|усынов|опі[кц]|опе[кц]|"
    r"евак|эвак|влашт|зарах|зачис|вибу|выбы|станом|состоян|оформ|перебува|пребыва|викрад|похи[щт]|затрим|задерж|поступ|надійш)"
)
"""Beginnings of words that make the day beside them one of something else than birth."""


def in_whole_words(text: str) -> str:
    """Return a cell without its number in the list, its words whole that a line's end or blanks between letters cut."""
    joined = _HYPHENATED.sub(_hyphen_at_line_end, _DOTS.sub(".", _LIST_NUMBER.sub("", text)))
    return _SPACED.sub(lambda match: match[0].replace(" ", ""), joined)


def _hyphen_at_line_end(match: re.Match[str]) -> str:
    """Return what stands for a hyphen that ends a line: nothing where the word goes on in lower case."""
    behind = match.string[match.end()]
    return "" if behind.islower() else "-"


def is_of_something_else(text: str, start: int, end: int) -> bool:
    """Return whether a date or age in a cell is that of an event or of somebody else.

    Such as "зник 24.03.2022", "вивезена 2 роки тому", "сестра Дарина 2014".
    """
    span = text[start:end].lower()
    if _NOT_AN_AGE.match(text[end:].lower()):
        return True
    beside = re.split(r"[,;()\n]", text[:start])[-1].split()
    if any(is_of_kind(word, "role") for word in beside[:-1]) and start > len(" ".join(beside)):
        return True
    if BIRTH_WORD.search(span) or _IS_DATE.search(span) is None:
        return False
    behind = re.match(r"\s*(?:року|год[ау]?|[рг]\.)?\s*([^\W\d_]+)", text[end:])
    if behind and behind[1].islower() and _EVENT.match(behind[1]):
        return True
    before = re.search(r"([^\W\d_]+)[.:]?[\s–—-]*$", text[:start])
    if before is None or _EVENT.match(before[1].lower()):
        return before is not None
    word = before[1]
    of_child = is_of_kind(word, "role", "label", "note", "particle", "nothing") or is_given_name(word)
    return word.islower() and text != text.lower() and not of_child


def parted_at_slash(text: str) -> str:
    """Part two whole names between which a slash stands; a slash between two words stands for one or the other."""
    left, *behind = _BETWEEN_NAMES.split(text, maxsplit=1)
    right = behind[0].split() if behind else []
    if (
        len(left.split()) > 1
        and len(right) > 1
        and not is_given_name(right[0].strip(",."))
        and any(map(is_given_name, right))
    ):
        return f"{left} ; {behind[0]}"
    return text


def joined_dash(text: str) -> str:
    """Join a double surname written with blanks around its hyphen ("Нечуй – Левицький Іван")."""
    match = re.match(r"^\s*([^\W\d_]{2,})(\s?[-–—]\s?)([^\W\d_]{2,})(?=\s)", text)
    if (
        match
        and match[2] != "-"
        and match[3][0].isupper()
        and not is_given_name(match[1])
        and not is_given_name(match[3])
    ):
        behind = text[match.end() :].split()
        if behind and (is_given_name(behind[0]) or is_initial(behind[0])):
            return f"{match[1]}-{match[3]}{text[match.end() :]}"
    return text
