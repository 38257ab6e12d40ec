"""A full name in any order, split into surname, given name and patronymic."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Literal

from transliteration.names.cases.given_forms import oblique_classes
from transliteration.names.cell import is_plain_word, read_cell, town_behind
from transliteration.names.features import is_initial
from transliteration.names.given import is_given_name, read_given
from transliteration.names.patronymic import fathers, has_marker, is_patronymic_marker, sex_of_patronymic
from transliteration.names.sex import sex_of_given
from transliteration.names.surname import is_certain_surname, is_known_surname, sex_of_surname, typical_surname
from transliteration.text.repair import is_sound, repair
from transliteration.text.scripts import APOSTROPHES, has_cyrillic, has_latin

Order = Literal["surname_first", "given_first"]
MAX_PARTS = 5
MIN_SHARE = 0.01
_INITIALS = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,2}\.)(?=[^\W\d_])", re.UNICODE)
_INNER_SIGN = re.compile(rf"(?<=[^\W\d_])[{re.escape(APOSTROPHES)}](?=[^\W\d_])")
_PLAIN_WORD = re.compile("[А-ЩЬЮЯҐЄІЇЁЫЭЪ][а-щьюяґєіїёыэъʼ]+(?:-[А-ЩЬЮЯҐЄІЇЁЫЭЪ][а-щьюяґєіїёыэъʼ]+)?|[A-Z][a-z]+")
_NOT_NAME = re.compile(r"[^\w.ʼ'’\- ,]|\d", re.UNICODE)
# How usual an order of roles is in lists of either language (log scale, by judgement, held by the ranking tests).
_ORDERS = {
    "sgp": 1.2, "gps": 0.8, "sg": 0.5, "gs": 0.4, "gp": 0.2, "s": 0.0, "g": 0.0, "p": -1.0,
    "gsp": -1.0, "spg": -1.2, "sp": -3.0, "psg": -2.0, "pgs": -2.0, "pg": -4.0, "ps": -3.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParsedName:
    """A full name by role; `''` where a part is missing, initials kept as `О.`.

    `confidence` is the share (0-1) of the best reading among all readings; `alternatives` holds the next ones.
    """

    surname: str = ""
    given: str = ""
    patronymic: str = ""
    confidence: float = 0.0
    alternatives: tuple[ParsedName, ...] = ()


def _parts(text: str) -> tuple[list[str], bool]:
    clean = _NOT_NAME.sub(" ", _INNER_SIGN.sub("'", text) if has_latin(text) else text)
    if "." in clean:
        clean = _INITIALS.sub(r"\1 ", _INITIALS.sub(r"\1 ", clean))
    comma = "," in clean.strip(" ,")
    parts = [part.strip("-'ʼ’") for part in clean.replace(",", " ").split()]
    parts = [part if is_initial(part) else part.strip(".") for part in parts]
    found: list[str] = []
    for part in parts:
        if found and is_patronymic_marker(part):
            found[-1] = f"{found[-1]} {part}"
        elif part:
            found.append(part)
    return found, comma


@lru_cache(maxsize=1 << 17)
def _is_ready(word: str) -> bool:
    """Return whether a word is a part of a name as it stands: plain letters that need no repair."""
    return (
        _PLAIN_WORD.fullmatch(word) is not None
        and is_plain_word(word)
        and is_sound(word)
        and not is_patronymic_marker(word)
    )


def _scores(part: str) -> tuple[float, float, float]:
    """Return how well a part would serve as surname, given name and patronymic."""
    if is_initial(part):
        return (-4.0, 1.0, 1.0)
    if has_marker(part):
        # "Караогли" is a surname where nothing else can be one.
        return (-4.0, -4.0, 6.0) if " " in part or "-" in part else (2.0, -4.0, 2.0)
    head = part.split(" ")[0]
    father = bool(fathers(head))
    ending = sex_of_patronymic(head) != ""
    patronymic = 4.0 if father and ending else 3.0 if father else 1.5 if ending else -4.0
    reading = read_given(head)
    typical = typical_surname(head)
    given = 3.0 if reading.formal else 2.0 if reading.diminutive else _unknown_given(head)
    surname = 1.0 + (1.0 if sex_of_surname(head) else 0.0) + (1.0 if typical else 0.0)
    if not reading.classes and is_certain_surname(head):
        surname, given = surname + 1.0, given - 2.0
    if father and ending:
        surname, given = surname - 2.0, given - 2.0
    if reading.formal:
        surname -= 2.0
    elif reading.diminutive:
        surname -= 1.0
    return (surname, given, patronymic)


def _unknown_given(word: str) -> float:
    """Return how well a word that the tables lack would serve as a given name: as well as the dictionary knows it."""
    if is_given_name(word):
        return 1.0
    if has_cyrillic(word) and oblique_classes(word):
        return 1.5
    return -1.5 if is_known_surname(word) else -0.5


def _sexes(part: str) -> tuple[str, str, str]:
    """Return the sex a part tells of as surname, as given name and as patronymic."""
    if has_marker(part):
        return ("", "", sex_of_patronymic(part))
    head = part.split(" ")[0]
    return (sex_of_surname(head), sex_of_given(head), sex_of_patronymic(head))


@dataclass(frozen=True, eq=False, slots=True)
class _Kind:
    """What decides the role of a part; one object for all parts of a kind, compared and hashed as an object."""

    scores: tuple[float, float, float]
    sexes: tuple[str, str, str]


@lru_cache(maxsize=1 << 12)
def _kind_of(scores: tuple[float, float, float], sexes: tuple[str, str, str]) -> _Kind:
    return _Kind(scores, sexes)


@lru_cache(maxsize=1 << 17)
def _kind(part: str) -> _Kind:
    return _kind_of(_scores(part), _sexes(part))


@cache
def _assignments(count: int) -> tuple[tuple[tuple[int, ...], str, float], ...]:
    """Return the ways to give roles to parts: roles, their order with equal neighbours joined, and prior score."""
    found = []
    for roles in product(range(3), repeat=count):
        pattern = "".join("sgp"[r] for i, r in enumerate(roles) if i == 0 or roles[i - 1] != r)
        if len(set(pattern)) < len(pattern) or roles.count(2) > 1:
            continue
        # One person rarely has two given names or two patronymics, sometimes two surnames; two words are hardly ever
        # two
        # surnames and nothing else: a given name that nobody knows is far commoner than a row without one.
        two_surnames = 2.0 if count > 2 else 4.0
        doubled = sum(two_surnames if r == 0 else 4.0 for i, r in enumerate(roles) if i and roles[i - 1] == r)
        found.append((roles, pattern, _ORDERS[pattern] - doubled))
    return tuple(found)


@lru_cache(maxsize=1 << 16)
def _ranking(kinds: tuple[_Kind, ...], latin: bool, order: str) -> tuple[tuple[tuple[int, ...], float], ...]:
    """Return the likeliest role assignments with their shares; few distinct score patterns cover a whole list."""
    ranked: list[tuple[float, tuple[int, ...]]] = []
    for roles, pattern, prior in _assignments(len(kinds)):
        total = prior
        for kind, role in zip(kinds, roles, strict=True):
            total += kind.scores[role]
        told = {kind.sexes[r] for kind, r in zip(kinds, roles, strict=True) if r}
        total -= 5.0 * ("f" in told and "m" in told)
        if latin:
            # In Latin letters two parts are a given name and a surname, even one in -ych.
            total += {"gs": 0.4, "gp": -2.0}.get(pattern, 0.0)
        if order and pattern.startswith(order):
            total += 2.0
        ranked.append((total, roles))
    ranked.sort(key=lambda item: (-item[0], item[1]))
    best = ranked[0][0]
    mass = sum(math.exp(score - best) for score, _ in ranked)
    return tuple((roles, round(math.exp(score - best) / mass, 4)) for score, roles in ranked[:4])


@lru_cache(maxsize=1 << 14)
def parse_name(text: str, *, order: Order | None = None) -> ParsedName:
    """Split a full name into its parts, whatever their order, language or script.

    Args:
        text: the name as written; repaired first. A comma says that the surname comes first.
        order: what the source says of its own order; a strong hint, not a command.
    """
    words = text.split(" ")
    if len(words) < 4 and all(map(_is_ready, words)) and not town_behind(words):
        # Nearly every row of a list: nothing to cut off, to repair or to take apart.
        parts, comma, latin = words, False, has_latin(text)
    else:
        cell = read_cell(text).name
        parts, comma = _parts(repair(cell).text)
        parts, latin = parts[:MAX_PARTS], has_latin(cell)
    if not parts:
        return ParsedName()
    hint = "s" if comma or order == "surname_first" else "g" if order == "given_first" else ""
    ranking = _ranking(tuple(map(_kind, parts)), latin, hint)
    others = tuple(_named(parts, roles, share) for roles, share in ranking[1:] if share > MIN_SHARE)
    return _named(parts, *ranking[0], others)


def _named(parts: list[str], roles: tuple[int, ...], share: float, others: tuple[ParsedName, ...] = ()) -> ParsedName:
    by_role = ["", "", ""]
    for part, role in zip(parts, roles, strict=True):
        by_role[role] = f"{by_role[role]} {part}" if by_role[role] else part
    return ParsedName(by_role[0], by_role[1], by_role[2], share, others)
