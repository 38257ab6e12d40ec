"""A cell that should hold a name and holds more: the name, the date of birth beside it, and the rest.

What is written beside a name (an age, a nickname, a town, a note, another person) must never become a part of it. The
cell is cut where people cut it: at brackets, quotes, separators, digits and words that belong to no name. What is
left over is handed back, so that the reader of the record hears of it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from transliteration.dates.find import find_births
from transliteration.names.cell.layout import in_whole_words, is_of_something_else, joined_dash, parted_at_slash
from transliteration.names.cell.run_together import unglued
from transliteration.names.cell.words import is_beside_names, is_of_kind, is_particle, is_plain_word
from transliteration.names.dictionary_index import has_surname
from transliteration.names.features import is_initial
from transliteration.names.given import is_given_name, read_given
from transliteration.names.patronymic import fathers, sex_of_patronymic
from transliteration.names.surname import is_certain_surname
from transliteration.places.gazetteer import gazetteer
from transliteration.places.spelling import spelling_key
from transliteration.text.scripts import fold, has_cyrillic

LONGEST_CELL = 1_000
MAX_NAME_WORDS = 5
TOWN = 3_000
"""Inhabitants from which a word behind a complete name is the town and not another surname."""

_BRACKETS = re.compile(r"[(\[{<]([^)\]}>]*)(?:[)\]}>]|$)")
_QUOTES = re.compile(r"(?<![^\W\d_])[\"«“„”'‘’`]([^\"«»“„”]{1,60}?)[\"»”“'’`](?![^\W\d_])")
_STRAY = re.compile(r"[/)\]}>\"«»“„”?!…_^~|\\©®™°•·●▪★☆✓✔→⇒=%$€#@&]+")
_HARD = re.compile(r"[;\t|:+=]|\s[-–—]+\s|\s/\s|//+|(?<=[^\W\d_]{4})\.(?=\s+[^\W\d_]{3,})")
_SLASH = re.compile(r"([^\W\d_]{2,})\s?/\s?([^\W\d_][^\s,;]*)")
_COMMA = re.compile(r"\s*[,\n\r][\s,]*")
# Latin letters stand in a Cyrillic word where they look alike; a surname may be in capitals.
_RUN_TOGETHER = re.compile(
    r"(?<=[а-щьюяґєіїa-z]{3})(?=[А-ЩЬЮЯҐЄІЇA-Z]['’ʼ`*]?[а-щьюяґєіїa-z]{2})"
    r"|(?<=[А-ЩЬЮЯҐЄІЇA-Z]{4})(?=[А-ЩЬЮЯҐЄІЇA-Z][а-щьюяґєії]{3})"
)
_TOKEN = re.compile(r"\S+")
_MIXED = re.compile(r"^(?=(?:.*[^\W\d_]){3})[^\W_]+$")
_ABBREVIATION = re.compile(r"^(?:[^\W\d_]{1,5}\.){2,}$|^[^\W\d_]{3,}\.$")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class NameCell:
    """What a cell holds.

    Attributes:
        name: The name alone, as written.
        births: Dates and ages beside it, as written.
        rest: What is neither, as written; to be told of, never to be guessed at.
        several: Whether the rest seems to name another person.
    """

    name: str
    births: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    several: bool = False


@lru_cache(maxsize=1 << 16)
def read_cell(text: str) -> NameCell:
    """Return the name in a cell, the date of birth or age beside it, and the rest."""
    words = text.split(" ")
    if len(words) < 4 and all(map(is_plain_word, words)) and not town_behind(words):
        return NameCell(text)
    composed = unicodedata.normalize("NFC", text[:LONGEST_CELL])
    plain = in_whole_words(composed.translate(_INVISIBLE))
    births: list[str] = []
    rest: list[str] = []
    for start, end in reversed(find_births(plain.replace("\n", " "))):
        if is_of_something_else(plain, start, end):
            continue
        births.insert(0, plain[start:end].strip(" ,;"))
        plain = f"{plain[:start]} , {plain[end:]}"

    def put_aside(match: re.Match[str]) -> str:
        inner = match[1].strip(" ,.;")
        if _LETTER.search(inner) or any(c.isdigit() for c in inner):
            rest.append(inner)
        return " , " if match.end() < len(plain) and not plain[match.end() :].strip(" ,.") else " "

    outside = _BRACKETS.sub(put_aside, plain)
    if not _LETTER.search(outside):
        rest, outside = [], plain.translate(dict.fromkeys(map(ord, "()[]{}<>")))
    plain = outside
    outside = _QUOTES.sub(put_aside, plain)
    if _LETTER.search(outside):
        plain = outside
    else:
        rest = []
    plain = joined_dash(parted_at_slash(plain))
    rest += [match[2] for match in _SLASH.finditer(plain)]
    plain = _SLASH.sub(r"\1", plain)
    pieces = [piece for piece in _HARD.split(plain) if piece and piece.strip(" ,.")]
    while len(pieces) > 1 and all(is_of_kind(word, "label") for word in pieces[0].split()):
        pieces.pop(0)
    name, others, several = _name_of(pieces[0]) if pieces else ("", [], False)
    if not name and len(pieces) > 1:
        rest += others
        name, others, several = _name_of(pieces.pop(1))
    others += [piece.strip(" ,.") for piece in pieces[1:]]
    rest += [piece for piece in others if _LETTER.search(piece) or any(c.isdigit() for c in piece)]
    several = several or any(_is_person(piece) for piece in rest)
    return NameCell(name, tuple(births), tuple(rest), several)


def _is_person(piece: str) -> bool:
    words = piece.split()
    return len(words) > 1 and not is_of_kind(words[0], "cut", "note") and any(is_given_name(word) for word in words)


def _name_of(piece: str) -> tuple[str, list[str], bool]:
    """Return the name in a piece between hard separators, what is left over, and whether that is another person."""
    rest: list[str] = []
    several = False
    kept: list[str] = []
    commas = [match[0] for match in _COMMA.finditer(piece.strip(" ,\n\r"))]
    segments = [segment for segment in _COMMA.split(piece.strip(" ,\n\r")) if segment.strip(" .-–—")]
    shouting = sum(word.isupper() for word in piece.split()) * 2 > len(piece.split())
    for number, segment in enumerate(segments):
        words, others, second = _split_words(segment, lower=piece == piece.lower(), shouting=shouting)
        several = several or second
        if number == 0 or not kept:
            kept, rest = words, rest + others
        elif words and _continues(kept, words):
            comma = "," if number == 1 and "," in commas[0] else ""
            kept, rest = [*kept[:-1], kept[-1] + comma, *words], rest + others
        else:
            rest.append(segment.strip(" ."))
    cut = len(kept)
    if cut > 1 and (tail := town_behind([word.strip(",") for word in kept])):
        cut -= tail
    cut = min(cut, MAX_NAME_WORDS + sum(is_particle(word) for word in kept))
    if cut < len(kept):
        rest.insert(0, " ".join(kept[cut:]))
    return " ".join(kept[:cut]).strip(" ,"), rest, several


def _split_words(segment: str, *, lower: bool, shouting: bool) -> tuple[list[str], list[str], bool]:
    """Return the words of a segment that may be a name, the others, and whether the others are another person."""
    apart = _TOKEN.sub(lambda token: _RUN_TOGETHER.sub(" ", token[0]) if has_cyrillic(token[0]) else token[0], segment)
    words = _rejoined([word for word in (_STRAY.sub("", raw) for raw in apart.split()) if word.strip("-–—.'")])
    if len(words) == 1:
        words = unglued(words[0])
    while words and is_of_kind(words[0], "label") and not is_initial(words[0]):
        words.pop(0)
    kept: list[str] = []
    rest: list[str] = []
    for index, word in enumerate(words):
        before = kept[-1] if kept else ""
        if len(kept) > 2 and _is_patronymic(before) and not is_particle(word) and not is_initial(word):
            # Surname, given name and patronymic are a whole name: what follows is somebody or something else.
            several = word[0].isupper() and any(map(_is_patronymic, words[index + 1 :]))
            return kept, [*rest, " ".join(words[index:])], several
        if word[0].isupper() and is_of_kind(word, "role", "note", "cut") and _only_surname(words, index):
            kept.append(word)
            continue
        if (
            is_initial(word)
            and (word[0].isupper() or lower)
            and (word.endswith(".") or word.isupper())
            and not _joins(word, words, index)
        ) or (re.fullmatch(r"(?:[^\W\d_]\.\s?){1,3}", word) and (word[0].isupper() or lower)):
            kept.append(word)
        elif kept and is_of_kind(word, "and") and (not is_initial(word) or _joins(word, words, index)):
            return kept, [*rest, " ".join(words[index + 1 :])], True
        elif is_particle(word) and (kept or index + 1 < len(words)):
            kept.append(word)
        elif is_of_kind(word, "cut", "role") and _is_adjective_of_place(kept, word):
            return kept[:-1], [*rest, " ".join(words[index - 1 :])], False
        elif is_of_kind(word, "cut", "role") and not (word[0].isupper() and is_given_name(word)):
            return kept, [*rest, " ".join(words[index:])], False
        elif is_of_kind(word, "note", "nothing", "label"):
            rest.append(word)
        elif any(c.isdigit() for c in word):
            (
                kept if _MIXED.match(word) and sum(map(str.isdigit, word)) * 2 <= sum(map(str.isalpha, word)) else rest
            ).append(word)
        elif kept and word[0].islower() and _goes_on_in_lower(kept, word):
            kept.append(word)
        elif (not lower and word[0].islower() and not (before and before.endswith("-"))) or (
            _ABBREVIATION.match(word) and not (len(word) > 4 and word[0].isupper() and word.count(".") == 1)
        ):
            rest.append(word)
        else:
            kept.append(word)
    if kept and not shouting and len(kept) > 2:
        # A short word of capitals among ordinary ones is an abbreviation of something else (ДЦП, ВПО).
        capitals = [
            word for word in kept if word.isupper() and 1 < len(word) < 5 and "." not in word and not is_particle(word)
        ]
        capitals = [
            word for word in capitals if not is_given_name(word) and word != kept[0] and not has_surname(fold(word))
        ]
        kept, rest = [word for word in kept if word not in capitals], rest + capitals
    return kept, rest, False


def _is_patronymic(word: str) -> bool:
    return sex_of_patronymic(word) != "" and bool(fathers(word))


def _is_adjective_of_place(kept: list[str], word: str) -> bool:
    """Return whether the last word of a name names a place with the next: "Ілля Вигаданко Генічеський район"."""
    place = fold(word).strip(".") in {"район", "р-н", "область", "обл", "громада", "отг", "тг", "інтернат", "интернат"}
    adjective = len(kept) > 2 and fold(kept[-1]).endswith(
        ("ський", "цький", "ська", "цька", "ский", "цкий", "ская", "цкая")
    )
    return place and adjective and any(map(is_given_name, kept[:-1]))


def _goes_on_in_lower(kept: list[str], word: str) -> bool:
    """Return whether a word in lower case is the given name or patronymic that a name still lacks ("МАЯК артем")."""
    if any(is_given_name(part) or is_initial(part) for part in kept):
        return kept[-1][0].islower() and sex_of_patronymic(word) != "" and len(word) > _SHORT
    return len(word) > _SHORT and bool(read_given(word).formal) and not is_beside_names(word)


_SHORT = 4


def _rejoined(words: list[str]) -> list[str]:
    """Join the halves of a name that a blank cuts in two ("Олек сандр"), where only the whole is a name."""
    found: list[str] = []
    for word in words:
        if found and len(found[-1]) > 1 and found[-1].isalpha() and word.isalpha() and _is_whole(found[-1], word):
            found[-1] += word
        else:
            found.append(word)
    return found


def _is_whole(first: str, second: str) -> bool:
    if second[0].isupper() and not (first.isupper() and second.isupper()):
        return False
    if (second[0].isupper() and is_given_name(first) and is_given_name(second)) or any(
        is_of_kind(word, "and", "cut", "role", "note") for word in (first, second)
    ):
        return False
    if second[0].islower() and first[0].isupper():
        joined = first + second
        return bool(read_given(joined).formal) or has_surname(fold(joined)) or is_certain_surname(joined)
    halves = is_given_name(first) or has_surname(fold(first)) or is_given_name(second)
    return not halves and not sex_of_patronymic(second) and bool(read_given(first + second).formal)


def _joins(word: str, words: list[str], index: int) -> bool:
    """Return whether a single letter between two words is "and", not an initial."""
    if len(word) != 1 or not 0 < index < len(words) - 1:
        return False
    return word.islower() or (len(words[index + 1]) > 2 and is_of_kind(word, "and") and is_given_name(words[index - 1]))


def _only_surname(words: list[str], index: int) -> bool:
    """Return whether a word such as "Сирота" or "Дід" is the only one that can be the surname of a short name."""
    others = [word for at, word in enumerate(words) if at != index]
    names = [word for word in others if is_given_name(word) or sex_of_patronymic(word) or is_initial(word)]
    return bool(names) and len(names) == len(others) and index in {0, len(words) - 1} and names[0] is others[0]


def _continues(kept: list[str], words: list[str]) -> bool:
    """Return whether the words behind a comma go on with the name: a given name or patronymic that it still lacks."""
    has_given = any(is_given_name(word) or is_initial(word) for word in kept)
    has_patronymic = any(sex_of_patronymic(word) for word in kept[1:])
    if _is_town(words[0]) and not is_given_name(words[0]):
        return False
    if not has_given:
        return len(kept) < 3 and len(words) < 4
    if len(kept) == 1:
        # "Петрик, Микита Ігорович": a diminutive that is a surname too, before a given name with its patronymic.
        whole = len(words) == 2 and is_given_name(words[0]) and sex_of_patronymic(words[1]) != ""
        surname = not read_given(kept[0]).formal
        return len(words) < 3 and (not is_given_name(words[0]) or (whole and surname))
    return len(words) == 1 and not has_patronymic and sex_of_patronymic(words[0]) != "" and not is_given_name(words[0])


@lru_cache(maxsize=1 << 16)
def _is_town(word: str) -> bool:
    gazette, key = gazetteer(), spelling_key(word)
    places = [place for place in gazette.settlements(word) if key in gazette.current[place]]
    return bool(gazette.regions(word)) or any(gazette.population[place] >= TOWN for place in places)


def town_behind(words: list[str]) -> int:
    """Return how many words at the end of a complete name are a town: 0 or 1."""
    *name, last = words
    if len(name) < 2 or sex_of_patronymic(last) or is_given_name(last) or is_initial(last):
        return 0
    given = [word for word in name if is_given_name(word)]
    if not given or (not any(word not in given and not sex_of_patronymic(word) for word in name) and len(given) < 2):
        return 0
    return int(_is_town(last))
