"""Finds personal names in running text, in any case form, and gives them back in the base form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from transliteration.mentions.case_forms import (
    declined_given_names,
    given_bases,
    patronymic_base,
    surname_base,
    unknown_given_base,
)
from transliteration.mentions.cue_words import is_word
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

_TOKEN = re.compile(r"[^\W\d_](?:\.|[^\W\d_]*(?:['-][^\W\d_]+)*)")
_SURNAME = re.compile(
    r"(?:енк[оауиі]|[чщжш]ук[ауо]?|[юі]к[ауо]?|[сц]ьк(?:ий|а|ого|ої|ому|ій|у|им|ою)|[сц]к(?:ий|ая|ого|ой|ому|ую|им)|"
    r"[оеєії]в(?:а|у|ой|ої|ым|им|ою|і|ій)?|[иіїы]н(?:а|у|ой|ої|ым|им|ою)?|ян[ау]?|дзе|швілі|швили|[аяо]к[ау]?|ець|ц[яаюу]|"
    r"ик[ау]?|ман[ау]?|enko|chuk|uk|iuk|skyi|ska|sky|skaya|ov|ova|ev|eva|iv|in|ina|yk|ak|ets|ko)$"
)
_DECLINED = re.compile(
    r"(?:енка|енку|[чщ]ука|[чщ]уку|юка|юку|[сц]ького|[сц]кого|[сц]ькому|[сц]кому|[сц]ької|ника|нику)$"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text with its offsets in the folded text."""

    text: str
    lower: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


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
    diminutive: bool
    oblique: bool
    only_oblique: bool


def tokens(folded: str) -> list[Token]:
    """The words of a folded text; an initial keeps its dot."""
    return [Token(match[0], lower_in_place(match[0]), match.start(), match.end()) for match in _TOKEN.finditer(folded)]


def find_names(
    folded: str, words: list[Token], first: int, last: int, language: str, anchored: frozenset[int] = frozenset()
) -> list[FoundName]:
    """Names among `words[first:last]`, which are one sentence, from left to right without overlaps.

    A capitalised word whose index is in `anchored` (an age stands right beside it) counts as a given name even where
    no table knows it.
    """
    found: list[FoundName] = []
    taken = first
    for index in range(first, last):
        if index < taken or not words[index].capital:
            continue
        known = is_given(words[index].lower)
        next_known = index + 1 < last and _joined(folded, words, index) and is_given(words[index + 1].lower)
        if not known and (next_known or index not in anchored):
            continue
        if not known and not _may_be_unknown_name(folded, words, index, first):
            continue
        if index > first and is_word(words[index - 1].lower.rstrip("."), "named_after"):
            continue
        given = index if known else _unknown_given(folded, words, index, max(first, taken))
        name = _name_around(folded, words, given, (first, max(first, taken)), last, language, anchored)
        if name is not None:
            found.append(name)
            taken = name.last + 1
    return found


def _unknown_given(folded: str, words: list[Token], index: int, low: int) -> int:
    """The given one of two unknown words before an age: the one that does not end like a surname."""
    if index > low and _joined(folded, words, index - 1) and words[index - 1].capital:
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


def _name_around(
    folded: str,
    words: list[Token],
    index: int,
    starts: tuple[int, int],
    high: int,
    language: str,
    anchored: frozenset[int],
) -> FoundName | None:
    """Takes in the surname, patronymic and initials beside a given name.

    `starts` holds the index of the first word of the sentence and of the first word not taken by a name before.
    """
    sentence_start, low = starts
    given = words[index]
    first = last = index
    surname = patronymic = None
    if last + 1 < high and _joined(folded, words, last) and _is_patronymic(words[last + 1].lower):
        last += 1
        patronymic = words[last]
    following = last + 1
    if (
        following < high
        and _joined(folded, words, last)
        and _may_be_surname(words[following], town_allowed=True, beside_age=following in anchored)
    ):
        last += 1
        surname = words[last]
        while surname.lower.endswith(".") and last + 1 < high and _joined(folded, words, last):
            if not words[last + 1].lower.endswith(".") and not _may_be_surname(words[last + 1]):
                break
            last += 1
            surname = words[last]
    elif first > low and _joined(folded, words, first - 1) and _may_be_surname(words[first - 1]):
        before = words[first - 1]
        opens = first - 1 == sentence_start
        if (
            not opens
            or patronymic is not None
            or (_SURNAME.search(before.lower) and not is_word(before.lower, "oblique"))
            or _opens_line(folded, words, first - 1, last, before)
        ):
            first -= 1
            surname = before
    if surname is None and patronymic is None and _is_place_here(words, index, low):
        return None
    oblique_hint = _oblique_hint(words, first, sentence_start) or bool(surname and _DECLINED.search(surname.lower))
    bases = given_bases(
        given.lower, language, oblique=oblique_hint, sex_hint=sex_of_name("", patronymic.lower if patronymic else "")
    )
    base, sex, oblique = bases[0] if bases else unknown_given_base(given.lower, oblique=oblique_hint)
    patronymic_sex = sex_of_patronymic(patronymic.lower) if patronymic else ""
    case_sex = patronymic_sex or sex
    sex = patronymic_sex or sex_of_name(base)
    reading = read_given(base)
    return FoundName(
        first,
        last,
        given,
        surname,
        patronymic,
        _title(base, given),
        _title(surname_base(surname.lower, case_sex, oblique=oblique), surname) if surname else "",
        _title(patronymic_base(patronymic.lower), patronymic) if patronymic else "",
        sex,
        bool(reading.diminutive) and not reading.formal,
        oblique,
        not read_given(given.lower).classes,
    )


def _opens_line(folded: str, words: list[Token], index: int, last: int, token: Token) -> bool:
    """Whether a word that opens a sentence is a surname: "Осовий Назар, 9 років", not "Сьогодні Назар грав"."""
    if any(is_word(token.lower, kind) for kind in ("oblique", "seen", "origin", "location")):
        return False
    ends = folded[words[last].end :].lstrip(" ")[:1] in {",", "(", "-", ":", ";", "", "\n", "."}
    numbered = re.search(r"\d\s?[.)]\s?$", folded[max(0, token.start - 5) : token.start]) is not None
    return ends and (numbered or has_surname(token.lower) or typical_surname(token.lower))


def _joined(folded: str, words: list[Token], left: int) -> bool:
    """Whether only blanks stand between a word and the next."""
    gap = folded[words[left].end : words[left + 1].start]
    return gap in {" ", "  "} or (gap == "" and words[left].text.endswith("."))


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


def _may_be_unknown_name(folded: str, words: list[Token], index: int, first: int) -> bool:
    """Whether a capitalised word beside an age may be a name that no table knows: any word but a town's own name."""
    lower = words[index].lower
    initial = lower.endswith(".") and index > first
    if (len(lower) < 3 and not initial) or any(
        is_word(lower, kind) for kind in ("not_a_surname", "child", "adult", "speech")
    ):
        return False
    if index > first and words[index - 1].capital and _joined(folded, words, index - 1):
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


def _is_place_here(words: list[Token], index: int, low: int) -> bool:
    """A bare given name behind "из" or "м." that is a town too, such as Владимир, is the town."""
    if index <= low:
        return False
    before = words[index - 1].lower
    if not (is_word(before, "origin") or is_word(before, "place_marker") or is_word(before, "location")):
        return False
    return _is_place(words[index].lower, least_population=0 if is_word(before, "place_marker") else SURNAME_TOWN)


def _is_place(lower: str, *, least_population: int = 0) -> bool:
    known = [place for place in place_ids(lower) if not place.startswith("?")]
    population = gazetteer().population
    return any(population.get(place, least_population) >= least_population for place in known)


def _oblique_hint(words: list[Token], first: int, sentence_start: int) -> bool:
    """Whether the words before a name put it into an oblique case: "бачили", "родных", "10-летнего"."""
    for back in range(first - 1, max(sentence_start, first - 3) - 1, -1):
        word = words[back].lower
        if is_word(word, "oblique") or re.search(
            r"(?:річн|летн|місячн|месячн)(?:ого|его|ої|ей|ому|ему|у|юю|ій)$", word
        ):
            return True
    return False


def _title(base: str, written: Token) -> str:
    """The base form in capitals and small letters, with ё only where the text writes it."""
    if lower_in_place(base) == written.lower:
        base = written.text
    else:
        base = base.replace("ё", "е")
        pairs = zip(base, written.text.lower().ljust(len(base)), strict=False)
        base = "".join("ё" if (own, other) == ("е", "ё") else own for own, other in pairs)
    return "-".join(part[:1].upper() + part[1:].lower() for part in base.split("-"))
