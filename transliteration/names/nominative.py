"""The base form of a full name written in the genitive, dative, accusative or instrumental."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, cast

from transliteration import tables
from transliteration.names.cases.given_forms import case_forms
from transliteration.names.cases.surname_bases import (
    Language,
    is_surely_oblique,
    nominative_surname,
    surname_bases,
)
from transliteration.names.cases.surname_forms import Case
from transliteration.names.features import is_initial
from transliteration.names.given import in_given_dictionary, read_given, russian_forms, sexes, written_forms
from transliteration.names.parse import ParsedName
from transliteration.names.patronymic import has_marker, marked_father, sex_of_patronymic
from transliteration.names.sex import sex_of_given
from transliteration.names.surname import sex_of_surname
from transliteration.text.scripts import fold, has_latin, title

Sex = Literal["f", "m", ""]
# (ending in an oblique case, ending of the nominative, case); the first that fits decides.
_PATRONYMIC: tuple[tuple[str, str, Case], ...] = tuple(
    (stem + ending, stem + base, cast(Case, case))
    for stems, base, endings in (
        (("івн", "ївн", "вн", "ичн", "їчн", "ічн"), "а",
         (("ою", "instrumental"), ("ой", ""), ("и", "genitive"), ("ы", "genitive"), ("і", "dative"), ("е", "dative"),
         ("у", "accusative"))),
        (("ич", "іч", "їч"), "",
         (("еві", "dative"), ("ові", "dative"), ("ем", "instrumental"), ("ом", "instrumental"), ("а", "animate"),
         ("у", "dative"), ("і", "dative"), ("е", "dative"))),
    )
    for stem in stems
    for ending, case in endings
)  # fmt: skip


@lru_cache(maxsize=1 << 16)
def _patronymic_base(word: str) -> tuple[str, Case]:
    """Return the nominative of a folded patronymic and its case; the word itself and '' when it is a nominative."""
    father, _sex_told = marked_father(word)
    if father:
        base = base_given(father, "m") if not _is_nominative(father) else ""
        return (f"{base} {word.split()[-1]}" if base and " " in word else word), ""
    for oblique, base, case in _PATRONYMIC:
        if word.endswith(oblique) and len(word) > len(oblique) + 1:
            return word[: -len(oblique)] + base, case
    return word, ""


@cache
def _given_bases() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return case form -> (sex, base form) pairs, of formal names and diminutives."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for name, forms in written_forms().items():
        for form in forms:
            for case in case_forms(form, sexes()[name]):
                found.setdefault(case.replace("ʼ", "'"), {}).setdefault((sexes()[name], form))
    for row in tables.rows("diminutives"):
        for case in case_forms(row["diminutive"], row["sex"]):
            found.setdefault(case.replace("ʼ", "'"), {}).setdefault((row["sex"], row["diminutive"]))
    return {case: tuple(bases) for case, bases in found.items()}


def base_given(text: str, sex: Sex = "") -> str:
    """Return the nominative (lower case) of a declined Cyrillic given name, `''` if it is no known case form."""
    for told, base in _given_bases().get(fold(text), ()):
        if not sex or told == sex:
            return base
    return ""


def base_patronymic(text: str) -> str:
    """Return the nominative of a Cyrillic patronymic; unchanged when it is one."""
    return _patronymic_base(fold(text))[0]


@dataclass(frozen=True, slots=True)
class CaseReading:
    """What a name may be in the nominative.

    Attributes:
        name: The name in the nominative.
        certain: Whether something shows the case; else the name may as well be a nominative as it stands.
    """

    name: ParsedName
    certain: bool


def nominative(name: ParsedName, sex: Sex = "") -> ParsedName:
    """Return the name with each part in the nominative, unchanged when nothing shows that it is declined.

    Args:
        name: The name as written, by parts.
        sex: What the source states: a girl's name never becomes a boy's, nor the other way round.
    """
    found = case_reading(name, sex)
    return found.name if found is not None and found.certain else name


def case_reading(name: ParsedName, sex: Sex = "") -> CaseReading | None:
    """Return the nominative that a name may be declined from, None when it stands in the nominative as far as is known.

    A patronymic tells the case and the sex. Without one a given name of no table may be the case form of another:
    that is certain where the surname shows a case too, or where the ending is one that no nominative has. "Іванова
    Станіслава" is a girl or the genitive of a boy; it stays as it is, and the reading is handed on as a doubt.
    """
    if name.patronymic:
        return _by_patronymic(name, sex)
    if not name.given or has_latin(name.given):
        return None
    return _by_given(name, sex)


def _by_patronymic(name: ParsedName, stated: Sex) -> CaseReading | None:
    patronymic, case = _patronymic_base(fold(name.patronymic))
    own = _sex(sex_of_patronymic(patronymic))
    if stated and own and stated != own:
        return None
    # A patronymic in "оглы" has no cases: beside a man's, a surname in -ова stands in the genitive.
    marked = own == "m" and has_marker(patronymic) and sex_of_surname(name.surname) == "f"
    if patronymic == fold(name.patronymic) and not marked:
        return None
    given = base_given(name.given, own) if name.given and not is_initial(name.given) else ""
    if not given and name.given and (has_latin(name.given) or (in_given_dictionary(name.given) and own == "f")):
        given = fold(name.given)
    elif not given and name.given and not is_initial(name.given):
        # Given names in -о are few, and the tables have them.
        made = surname_bases(fold(name.given), own, case) if own else ()
        given = next((base for base in made if not base.endswith("о")), fold(name.given))
    surname = _surname(name, own, case)
    return CaseReading(_with(name, surname, given or fold(name.given), patronymic), certain=True)


def _by_given(name: ParsedName, stated: Sex) -> CaseReading | None:
    written = fold(name.given)
    oblique = bool(name.surname) and is_surely_oblique(name.surname)
    formal = sex_of_given(name.given) if _is_nominative(name.given) else ""
    if (
        _is_nominative(name.given)
        and (not stated or not formal or formal == stated)
        and not (oblique and stated != "f")
    ):
        return None
    found = [(sex, base) for sex, base in _given_bases().get(written, ()) if not stated or sex == stated]
    if not found:
        return None
    sex, base = found[0]
    own = _sex(sex)
    surname = fold(name.surname)
    oblique = oblique and nominative_surname(surname, own, "", language_of(name)) != surname
    if _is_nominative(name.given) and not stated and not oblique:
        return None
    unchanged_man = own == "m" and surname and surname[-1] not in _MAY_END_OBLIQUE and not surname.endswith("енко")
    if unchanged_man and not oblique:
        # A man's surname in a consonant would be declined beside him: "Ткачук Зіновія" is a girl.
        certain = False
    elif stated:
        certain = not in_given_dictionary(written) or written[-1] in "ая" or oblique
    else:
        certain = oblique or (written[-1] not in "аяоіеи" and not in_given_dictionary(written))
    return CaseReading(_with(name, _surname(name, own, ""), base, ""), certain)


_MAY_END_OBLIQUE = frozenset("аяуюмійоїєивіеыь")


def _surname(name: ParsedName, sex: Sex, case: Case) -> str:
    if not name.surname or has_latin(name.surname) or is_initial(name.surname):
        return fold(name.surname)
    parts = fold(name.surname).split(" ")
    return " ".join(nominative_surname(part, sex, case, language_of(name)) for part in parts)


def language_of(name: ParsedName) -> Language:
    """Return the language that the letters of a name tell, `''` where they may be of either."""
    letters = set(f"{name.surname} {name.given} {name.patronymic}".lower())
    if letters & set("іїєґ"):
        return "uk"
    return "ru" if letters & set("ыэёъ") or fold(name.patronymic).endswith(_RUSSIAN_PATRONYMICS) else _by_words(name)


_RUSSIAN_PATRONYMICS = tuple(
    stem + ending
    for stem in ("овн", "евн", "ичн")
    for ending in ("а", "ы", "е", "у", "ой", "ою")
    if stem + ending != "ичною"
) + tuple("евич" + ending for ending in ("", "а", "у", "ем", "е"))


def _by_words(name: ParsedName) -> Language:
    given = base_given(name.given) or fold(name.given)
    classes = read_given(given).formal
    russian = any(given in russian_forms()[c] for c in classes)
    return "ru" if russian and given not in classes else ""


def _with(name: ParsedName, surname: str, given: str, patronymic: str) -> ParsedName:
    return ParsedName(
        _cased(surname, name.surname) if name.surname else "",
        _cased(given, name.given) if name.given else "",
        _cased(patronymic, name.patronymic) if name.patronymic else "",
        name.confidence,
        name.alternatives,
    )


def _is_nominative(given: str) -> bool:
    reading = read_given(given)
    return bool(reading.formal or reading.diminutive)


def _sex(text: str) -> Sex:
    return "f" if text == "f" else "m" if text == "m" else ""


def _cased(lower: str, like: str) -> str:
    if not lower or lower == fold(like):
        return like
    return lower.upper() if len(like) > 1 and like.isupper() else title(lower)
