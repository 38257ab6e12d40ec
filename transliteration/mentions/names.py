"""Finds personal names in running text, in any case form, and gives them back in the base form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from transliteration.mentions.case_cues import sex_of_declined_word, sex_of_undeclined, stands_declined
from transliteration.mentions.case_forms import (
    declined_given_names,
    given_bases,
    patronymic_base,
    surname_base,
    unknown_given_base,
)
from transliteration.mentions.cue_words import is_word
from transliteration.mentions.text import Sentence, Text, Token
from transliteration.names.cases.surname_bases import surname_bases
from transliteration.names.dictionary_index import has_surname
from transliteration.names.given import read_given
from transliteration.names.patronymic import sex_of_patronymic
from transliteration.names.sex import sex_of_name
from transliteration.names.surname import typical_surname
from transliteration.places import place_ids
from transliteration.places.gazetteer import gazetteer
from transliteration.places.spelling import spelling_key
from transliteration.text.folding import lower_in_place

NAME_TOWN = 3_000
"""Inhabitants from which an unknown word before an age is the town and not a given name."""
SURNAME_TOWN = 20_000
"""Inhabitants from which a word behind a given name is the town and not a surname."""

_SURNAME = re.compile(
    r"(?:енк[оауиі]|[чщжш]ук[ауо]?|[юі]к[ауо]?|[сц]ьк(?:ий|а|ого|ої|ому|ій|у|им|ою)|[сц]к(?:ий|ая|ого|ой|ому|ую|им)|"
    r"[оеєії]в(?:а|у|ой|ої|ым|им|ою|і|ій)?|[иіїы]н(?:а|у|ой|ої|ым|им|ою)?|ян[ау]?|дзе|швілі|швили|[аяо]к[ау]?|ець|ц[яаюу]|"
    r"ик[ау]?|ман[ау]?|enko|chuk|uk|iuk|skyi|ska|sky|skaya|ov|ova|ev|eva|iv|in|ina|yk|ak|ets|ko)$"
)
_DECLINED = re.compile(
    r"(?:енка|енку|[чщ]ука|[чщ]уку|юка|юку|[сц]ького|[сц]кого|[сц]ькому|[сц]кому|[сц]ької|ника|нику)$"
)


@dataclass(frozen=True, slots=True)
class FoundName:
    """A personal name in a text: tokens by role, base forms, and whether it stands in an oblique case."""

    first: int
    last: int
    given: Token
    surname: Token | None
    patronymic: Token | None
    given_base: str
    surname_base: str
    patronymic_base: str
    sex: str
    diminutive: bool = False
    oblique: bool = False
    only_oblique: bool = False


def find_names(sentence: Sentence) -> list[FoundName]:
    """Return the names of a sentence, from left to right without overlaps."""
    found: list[FoundName] = []
    free = sentence.first
    for index in range(sentence.first, sentence.last):
        if index < free:
            continue
        given = _given_at(sentence, index, free)
        name = _name_around(sentence, given, free) if given is not None else None
        if name is not None:
            found.append(name)
            free = name.last + 1
    return found


def _given_at(sentence: Sentence, index: int, free: int) -> int | None:
    """Return which word is the given name of the name that a word may open, None for no name."""
    text, words = sentence.text, sentence.words
    if not words[index].capital:
        return None
    known = is_given(words[index].lower)
    if not known:
        next_known = index + 1 < sentence.last and text.joined(index) and is_given(words[index + 1].lower)
        if next_known or index not in sentence.anchored or not _may_be_unknown_name(sentence, index):
            return None
    if index > sentence.first and is_word(words[index - 1].lower.rstrip("."), "named_after"):
        return None
    return index if known else _unknown_given(text, index, free)


def _unknown_given(text: Text, index: int, low: int) -> int:
    """Return the given one of two unknown words before an age: the one that does not end like a surname."""
    words = text.words
    if index > low and text.joined(index - 1) and words[index - 1].capital:
        before, here = words[index - 1].lower, words[index].lower
        surname_last = here.endswith(".") or (_SURNAME.search(here) and not _SURNAME.search(before))
        if surname_last and _may_be_surname(words[index - 1]):
            return index - 1
    return index


def is_given(lower: str) -> bool:
    """Whether a word is a known given name, formal or diminutive, in any case form."""
    if len(lower) < 3:
        return len(lower) == 2 and bool(read_given(lower).formal)
    if is_word(lower, "adult") or is_word(lower, "child") or is_word(lower, "not_a_surname"):
        return False
    return bool(read_given(lower).classes) or lower in declined_given_names()


@dataclass(slots=True)
class _Parts:
    """The words of a name while it is read: the first and last of them, and its surname and patronymic."""

    first: int
    last: int
    surname: Token | None = None
    patronymic: Token | None = None


def _name_around(sentence: Sentence, index: int, free: int) -> FoundName | None:
    """Take in the surname, patronymic and initials beside a given name; `free` is the first word of no other name."""
    text, words = sentence.text, sentence.words
    parts = _Parts(index, index)
    if index + 1 < sentence.last and text.joined(index) and _is_patronymic(words[index + 1].lower):
        parts.last += 1
        parts.patronymic = words[parts.last]
    if not _surname_behind(sentence, parts):
        _surname_before(sentence, parts, free)
    if parts.surname is None and parts.patronymic is None and _is_place_here(text, index, free):
        return None
    return _in_base_form(sentence, words[index], parts)


def _surname_behind(sentence: Sentence, parts: _Parts) -> bool:
    """Take in the surname behind a name, with the initials before it; tell whether there is one."""
    text, words = sentence.text, sentence.words
    following = parts.last + 1
    if (
        following >= sentence.last
        or not text.joined(parts.last)
        or not _may_be_surname(words[following], town_allowed=True, beside_age=following in sentence.anchored)
    ):
        return False
    parts.last, parts.surname = following, words[following]
    while words[parts.last].lower.endswith(".") and parts.last + 1 < sentence.last and text.joined(parts.last):
        if not words[parts.last + 1].lower.endswith(".") and not _may_be_surname(words[parts.last + 1]):
            break
        parts.last += 1
        parts.surname = words[parts.last]
    return True


def _surname_before(sentence: Sentence, parts: _Parts, free: int) -> None:
    """Take in the surname before a name; a word that opens a sentence needs a reason to be one."""
    text, at = sentence.text, parts.first - 1
    if at < free:
        return
    before = sentence.words[at]
    if not text.joined(at):
        if at == sentence.first and _is_apart(text, at, parts.last):
            parts.first, parts.surname = at, before
        return
    whole = parts.patronymic is not None and not _stands_for_place(sentence, at)
    if not _may_be_surname(before, town_allowed=not _stands_for_place(sentence, at), beside_age=whole):
        return
    if (
        at != sentence.first
        or parts.patronymic is not None
        or (_SURNAME.search(before.lower) and not is_word(before.lower, "oblique"))
        or _opens_line(text, before, parts.last)
    ):
        parts.first, parts.surname = at, before


def _stands_for_place(sentence: Sentence, at: int) -> bool:
    """Return whether the word before says that a word is a place: "у Лозі", "село Лоза"."""
    before = sentence.words[at - 1].lower if at > sentence.first else ""
    return any(is_word(before, kind) for kind in ("origin", "location", "place_marker"))


def _is_apart(text: Text, at: int, last: int) -> bool:
    """Return whether a word that a comma parts from a given name is the surname: "Осовий, Назар, 9 років"."""
    word = text.words[at]
    ends = text.behind(last).lstrip(" ")[:1] in {",", "("}
    like = _is_like_surname(word.lower) and not is_given(word.lower) and not _is_place(word.lower)
    return text.gap(at) == ", " and ends and word.capital and like and _may_be_surname(word)


def _is_like_surname(lower: str) -> bool:
    """Return whether a word, or half of it, is a surname that is known or ends like one, in any case."""
    if any(has_surname(part) or typical_surname(part) for part in lower.split("-")):
        return True
    bases = [base for sex in ("m", "f") for base in surname_bases(lower, sex)[:1]]
    return any(has_surname(base) and not is_word(base, "not_a_surname") for base in bases)


def _in_base_form(sentence: Sentence, given: Token, parts: _Parts) -> FoundName:
    """Return a name with its parts in the base form."""
    surname, patronymic = parts.surname, parts.patronymic
    boy_or_girl = sex_of_declined_word(sentence, parts.first)
    oblique_hint = (
        boy_or_girl != "" or stands_declined(sentence, parts.first) or bool(surname and _DECLINED.search(surname.lower))
    )
    bases = given_bases(
        given.lower,
        sentence.language,
        oblique=oblique_hint,
        sex_hint=sex_of_name("", patronymic.lower if patronymic else "") or boy_or_girl or sex_of_undeclined(surname),
    )
    base, sex, oblique = bases[0] if bases else unknown_given_base(given.lower, oblique=oblique_hint)
    told = sex_of_patronymic(patronymic.lower) if patronymic else ""
    reading = read_given(base)
    return FoundName(
        first=parts.first,
        last=parts.last,
        given=given,
        surname=surname,
        patronymic=patronymic,
        given_base=_title(base, given),
        surname_base=_title(surname_base(surname.lower, told or sex, oblique=oblique), surname) if surname else "",
        patronymic_base=_title(patronymic_base(patronymic.lower), patronymic) if patronymic else "",
        sex=told or sex_of_name(base),
        diminutive=bool(reading.diminutive) and not reading.formal,
        oblique=oblique,
        only_oblique=not read_given(given.lower).classes,
    )


def _opens_line(text: Text, token: Token, last: int) -> bool:
    """Return whether a word that opens a sentence is a surname: "Осовий Назар, 9 років", not "Сьогодні Назар грав"."""
    if any(is_word(token.lower, kind) for kind in ("oblique", "seen", "origin", "location")):
        return False
    behind = text.behind(last).lstrip(" ")[:1]
    ends = behind in {",", "(", "-", ":", ";", "", "\n", "."} or behind.isdigit()
    numbered = re.search(r"\d\s?[.)]\s?$", text.folded[max(0, token.start - 5) : token.start]) is not None
    return ends and (numbered or _is_like_surname(token.lower))


def _may_be_surname(token: Token, *, town_allowed: bool = False, beside_age: bool = False) -> bool:
    """Whether a word may be a surname; small towns lend their names to people (Гребінка), cities and regions do not."""
    if not token.capital or (token.lower.endswith(".") and len(token.lower) > 2):
        return False
    if token.lower.endswith("."):
        return True
    if len(token.lower) < 3 or any(
        is_word(token.lower, kind) for kind in ("not_a_surname", "child", "adult", "speech")
    ):
        return False
    return (
        bool(_SURNAME.search(token.lower))
        or beside_age
        or not _is_place(token.lower, least_population=SURNAME_TOWN if town_allowed else 0)
    )


def _may_be_unknown_name(sentence: Sentence, index: int) -> bool:
    """Whether a capitalised word beside an age may be a name that no table knows: any word but a town's own name."""
    text, words, first = sentence.text, sentence.words, sentence.first
    lower = words[index].lower
    initial = lower.endswith(".") and index > first
    if (len(lower) < 3 and not initial) or any(
        is_word(lower, kind) for kind in ("not_a_surname", "child", "adult", "speech")
    ):
        return False
    if index > first and words[index - 1].capital and text.joined(index - 1):
        return _may_be_surname(words[index - 1])
    if initial:
        return False
    gazette, key = gazetteer(), spelling_key(lower)
    towns = [place for place in gazette.settlements(lower) if key in gazette.current[place]]
    return not gazette.regions(lower) and all(gazette.population[place] < NAME_TOWN for place in towns)


def _is_patronymic(lower: str) -> bool:
    return (len(lower) > 5 and sex_of_patronymic(lower) != "") or bool(_PATRONYMIC_CASE.search(lower))


_PATRONYMIC_CASE = re.compile(
    r"(?<=...)(?:ович|евич|йович|їч|ївн|івн|овн|евн|иничн|їчн)(?:а|у|ем|ем|ові|еві|и|і|ы|е|ою|ой)?$"
)


def _is_place_here(text: Text, index: int, low: int) -> bool:
    """A bare given name behind "из" or "м." that is a town too, such as Владимир, is the town."""
    if index <= low:
        return False
    before = text.words[index - 1].lower
    if not (is_word(before, "origin") or is_word(before, "place_marker") or is_word(before, "location")):
        return False
    return _is_place(text.words[index].lower, least_population=0 if is_word(before, "place_marker") else SURNAME_TOWN)


def _is_place(lower: str, *, least_population: int = 0) -> bool:
    known = [place for place in place_ids(lower) if not place.startswith("?")]
    population = gazetteer().population
    return any(population.get(place, least_population) >= least_population for place in known)


def _title(base: str, written: Token) -> str:
    """The base form in capitals and small letters, with ё only where the text writes it."""
    if lower_in_place(base) == written.lower:
        base = written.text
    else:
        base = base.replace("ё", "е")
        pairs = zip(base, written.text.lower().ljust(len(base)), strict=False)
        base = "".join("ё" if (own, other) == ("е", "ё") else own for own, other in pairs)
    return "-".join(part[:1].upper() + part[1:].lower() for part in base.split("-"))
