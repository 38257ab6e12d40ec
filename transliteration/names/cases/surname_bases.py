"""The nominatives that a declined surname may come from.

The grammar of `surname_forms` is undone by trying the nominatives a surname may have and keeping those whose forms hold
it, so that no nominative comes out that the grammar does not lead back from.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Literal

from transliteration import tables
from transliteration.names.cases.surname_forms import (
    ENDINGS,
    INDECLINABLE,
    POSSESSIVE,
    VOWELS,
    Case,
    surname_cases,
)
from transliteration.names.dictionary_index import has_surname, has_ukrainian_surname
from transliteration.text.plausibility import surprise
from transliteration.text.scripts import fold

_LABIALS_AND_SOFT = frozenset("лнсцтдзр")
MAX_BASES = 4


_LONGEST_ENDING = 4
_MASCULINE_ENDINGS = ("", "ь", "й", "о", "а", "я", "ий", "ій", "ый", "ой", "їй")
_FEMININE_ENDINGS = ("а", "я", "ая", "яя")


def _tries(word: str, sex: str) -> list[str]:
    """Return the nominatives worth trying: the beginning with any ending, and the vowels that cases change."""
    found: dict[str, None] = {}
    for cut in range(1, min(_LONGEST_ENDING, len(word) - 2) + 1):
        if word[-cut:] not in ENDINGS:
            continue
        stem = word[:-cut]
        if sex == "f":
            found.update(dict.fromkeys(stem + ending for ending in _FEMININE_ENDINGS))
        else:
            stems = [stem, *_nominative_stems(stem)]
            found.update(dict.fromkeys(base + ending for base in stems for ending in _MASCULINE_ENDINGS))
        if stem[-1] in "зцс":
            hard = {"з": "г", "ц": "к", "с": "х"}[stem[-1]]
            found[stem[:-1] + hard + "а"] = None
    return list(found)


def _nominative_stems(stem: str) -> list[str]:
    """Return the stems of the nominative that an oblique stem may belong to."""
    found: list[str] = []
    if len(stem) < 2 or stem[-1] in VOWELS:
        return found
    head, last = stem[:-1], stem[-1]
    if head[-1] in "ое":
        found.append(head[:-1] + "і" + last)
        if head[-2:] == "йо":
            found.append(head[:-2] + "ї" + last)
        if head[-2:-1] == "ь":
            found.append(head[:-2] + "і" + last)
    if head[-1] == "є":
        found.append(head[:-1] + "ї" + last)
    if last in "цкнлртсв":
        soft = head.removesuffix("ь")
        if head[-1] == "й":
            found += [head[:-1] + vowel + last for vowel in ("є", "е", "я")]
        if head[-1] not in VOWELS:
            found += [soft + vowel + last for vowel in ("е", "о", "ё")]
    if stem.endswith("шевц"):
        found.append(stem[:-4] + "швец")
    return found


Language = Literal["uk", "ru", ""]


@lru_cache(maxsize=1 << 16)
def surname_bases(word: str, sex: str, case: Case = "", language: Language = "") -> tuple[str, ...]:
    """Return the nominatives that a folded, declined surname may have, the likeliest first, at most `MAX_BASES`.

    A nominative that the dictionary has goes first, then by how usual its class is among surnames and how much it
    looks like one. The word itself is one where surnames of its ending and sex do not change.

    Args:
        word: The surname in an oblique case.
        sex: `f` or `m`, of the bearer.
        case: The case, where the other parts of the name tell it.
        language: The language of the list, where it is known: -ый and -ой are Russian, other adjectives Ukrainian.
    """
    # Where nothing tells the language it is Ukrainian, so that a Russian form of the dictionary comes second.
    is_first = has_surname if language == "ru" else has_ukrainian_surname
    found: list[tuple[int, float, str]] = []
    foreign = _FOREIGN_LETTERS[language]
    for base in _tries(word, sex):
        # The cheap questions first: declining a surname is the dear one.
        if not (_may_be(base, sex) and foreign.isdisjoint(base)):
            continue
        cases = surname_cases(base, word, sex)
        fits = not case or case in cases or (case == "animate" and ("genitive" in cases or "accusative" in cases))
        if cases and fits:
            # The dictionary has women's surnames too: as a man's they stay unlikely.
            unknown = not has_surname(base) or (sex == "m" and base.endswith(_WOMANS))
            strange = 2 if unknown else int(not is_first(base))
            found.append((strange, _cost(base, word, sex, language), base))
    if word[-1] not in "ая" if sex == "f" else word.endswith(INDECLINABLE):
        declined = word.endswith(_DECLINED_WOMAN if sex == "f" else _DECLINED_MAN) and not word.endswith(_FOREIGN)
        if word.endswith(_FOREIGN):
            return (word,)
        rare = word[-1] in "ії" and case in {"genitive", "animate"} and not word.endswith(("ої", "ії"))
        if (word[-1] in "еє" and language != "ru") or rare:
            # No case ends so but in rare classes: rather a foreign surname that never changes.
            found.append((1, 0.0, word))
        found.append((2 * (not has_surname(word)), _UNLIKELY if declined else 0.0, word))
    return tuple(base for _, _, base in sorted(found)[:MAX_BASES])


_UNLIKELY = 20.0
_DECLINED_WOMAN = ("ої", "ою", "ей", "ею", "єю", "ой", "ій", "у", "ю", "и", "і", "ї", "ы", "е")
_DECLINED_MAN = ("ого", "ому", "его", "ему", "ього", "ьому", "ові", "еві", "єві", "у", "ю", "и", "і", "ї", "ы", "е")
_ADJECTIVE_STEM = ("ськ", "цьк", "зьк", "ск", "цк", "ов", "ев", "єв", "ёв", "ін", "їн", "ин", "ын", "н")
_WOMANS = ("ова", "ева", "єва", "ёва", "їва", "ина", "іна", "їна", "ська", "цька", "зька", "ская", "цкая")
_FOREIGN_LETTERS: dict[Language, frozenset[str]] = {"uk": frozenset("ыэъё"), "ru": frozenset("іїєґ"), "": frozenset()}
_NEVER_SOFT = frozenset("бпвмфгґкхжш")
_FOREIGN = (
    *("швілі", "швили", "дзе", "іані", "иани", "ідзе", "енко", "аго", "ово", "их", "ых", "еску", "эску"),
    # No case puts у behind a vowel, nor і behind a doubled consonant but in rare classes: Роу, Белуччі, Россі.
    *(vowel + "у" for vowel in "аеиіоуэ"),
    *(letter * 2 + "і" for letter in "бдзклпрстцч"),
)
_RUSSIAN_SOFT = frozenset("кгхжшчщ")


def _may_be(base: str, sex: str) -> bool:
    """Return whether a nominative can end so at all."""
    if len(base) < 3 or not VOWELS & set(base):
        return False
    if base[-1] == "ь":
        return base[-2] in _LABIALS_AND_SOFT
    if base[-1] == "я":
        return base[-2] not in _NEVER_SOFT
    if base[-1] in VOWELS or base[-1] == "й":
        return True
    return sex == "f" or base[-1] != "ц" or base[-2] in VOWELS or base.endswith(("льц", "рц", "нц", "тц"))


def _cost(base: str, word: str, sex: str, language: Language) -> float:
    """Return how unusual a nominative is: by its class (bits, by judgement), then in bits per letter pair."""
    shared = next((i for i, (a, b) in enumerate(zip(base, word, strict=False)) if a != b), min(len(base), len(word)))
    cost = surprise(base)
    if base.endswith(("ый", "ой", "ая", "яя")):
        cost += 3.0 if language == "uk" else 0.5 * base.endswith("ой")
        cost += 6.0 * base[:-2].endswith(POSSESSIVE)
    elif base.endswith("ий") or (base.endswith("ій") and shared < len(base) - 1):
        stem = base[:-2]
        cost += 4.0 * stem.endswith(POSSESSIVE)
        cost += 2.0 * (language == "ru" and stem[-1] not in _RUSSIAN_SOFT) + 1.0 * base.endswith("ій")
    elif base[-1] == "о":
        before = base[-3:-2]
        cost += 0.0 if base[-2] == "к" and before not in VOWELS else 1.5 if base[-2] in "кл" else 4.0
        cost += 2.0 * base.endswith("еко")
    elif base[-1] == "ь":
        cost += 0.0 if base.endswith(("ець", "аль", "ень", "іль", "ель", "уль")) else 0.5
        # Камінь, Ведмідь, Сивокінь; a stem in ль or ць with е or о in the cases mostly has it in the nominative too.
        changes = base[-3] in "іїє" and word[shared : shared + 1] in "оеєй" and language != "ru"
        cost += changes * (-4.0 if base[-2] in "нд" or base[-3] == "є" else 1.5)
    elif (
        (sex == "m" and base.endswith(_WOMANS))
        or (sex == "f" and base.endswith(("ска", "цка")) and language == "ru")
        or (base.endswith(("ца", "ья")) and language == "uk")
    ):
        cost += 6.0
    elif (base.endswith("ец") and language != "ru") or (
        sex == "f"
        and language == "ru"
        and base[-1] == "а"
        and word.endswith("ой")
        and not base[:-1].endswith(POSSESSIVE)
    ):
        cost += 3.0
    elif sex == "f" and word.endswith(("ої", "ій")) and not base[:-1].endswith(_ADJECTIVE_STEM):
        cost += _UNLIKELY if word.endswith("ій") else 1.0
    elif base[-1] not in VOWELS and base[-1] == "к" and base[-2] not in VOWELS:
        cost += 4.0
    if base.endswith("ц") and word[-1] in "яю":
        cost += 4.0
    if language != "ru" and not {"ё", "ы", "э"}.isdisjoint(base):
        cost += 3.0
    if len(base) - shared > 1 + base.endswith(("ь", "о", "ий", "ій", "ый", "ой", "ая")):
        # A vowel that changes is rarer than one that stays, but for the suffixes that always lose theirs.
        falls_out = base.endswith(("ець", "єць", "ец", "ок", "ёк"))
        cost += 0.0 if falls_out else 3.0 if base[-1] != "ь" and base[shared] in "іїє" else 1.5
    elif base.endswith(("ець", "єць", "ец", "ок", "ек")) and word[: len(base) - 1] in {base[:-1], base}:
        cost += 1.0 if base.endswith("ек") else 3.0
    return cost


@cache
def _surely_oblique() -> tuple[str, ...]:
    """Return the endings that no nominative of a surname of the language has, or hardly any."""
    return tuple(row["ending"] for row in tables.rows("surname_oblique_endings"))


def is_surely_oblique(word: str) -> bool:
    """Return whether a written surname has an ending of an oblique case that hardly any nominative has."""
    return fold(word).endswith(_surely_oblique())


def nominative_surname(word: str, sex: str, case: Case = "", language: Language = "") -> str:
    """Return the nominative of a surname known to be declined, folded; unchanged where no rule applies.

    Of a double surname the first part may stay as it is ("Нечуй-Левицького"), so it changes only into a surname that
    is known.
    """
    *firsts, last = fold(word).split("-")
    if not sex or len(last) < 2:
        return fold(word)
    found = []
    for part in firsts:
        bases = surname_bases(part, sex, case, language) if len(part) > 3 else ()
        changes = bases and (has_surname(bases[0]) or part.endswith(_surely_oblique()))
        found.append(bases[0] if changes else part)
    return "-".join([*found, next(iter(surname_bases(last, sex, case, language)), last)])


# Endings that some case of some surname has and, of the nominatives, only those in -а, -я and -ой.
_MAY_BE_OBLIQUE = (
    *("а", "я", "у", "ю", "ом", "ем", "єм", "ём", "ові", "еві", "єві", "ого", "ому", "его", "ему", "ої", "ій", "їй"),
    *("ою", "ею", "єю", "ой", "ей", "им", "ым", "ім", "їм", "и", "і", "ї", "ы", "е"),
)


@lru_cache(maxsize=1 << 17)
def possible_bases(word: str) -> tuple[str, ...]:
    """Return the likeliest other nominatives, of either sex, that a folded surname may be declined from."""
    if len(word) < 4 or not word.endswith(_MAY_BE_OBLIQUE) or has_surname(word):
        return ()
    made = (*surname_bases(word, "m")[:3], *surname_bases(word, "f")[:2])
    return tuple(dict.fromkeys(base for base in made if base != word))
