"""Finds children named in posts and articles, with their age, place and institution."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from transliteration.dates.interval import DateInterval
from transliteration.mentions import context
from transliteration.mentions.binding import Person, bind_births, share_family_surname, share_plural_surnames
from transliteration.mentions.context import Place
from transliteration.mentions.cue_words import is_word
from transliteration.mentions.formal_names import find_formal_names, surname_of_field, with_capitals
from transliteration.mentions.names import find_names
from transliteration.mentions.text import Sentence, Text
from transliteration.names.sex import sex_of_name
from transliteration.places.institutions import find_institutions
from transliteration.text.folding import fold_with_offsets

LONGEST_TEXT = 200_000
NEAR_WORDS = 8
"""Words between a name and a cue such as "дитина" for the cue to count."""
ADULT_WORDS = 5
"""Words between a name and a word such as "директор" that tells it for an adult's."""
APPOSITION_WORDS = 3
"""Words behind "Поліна, " that may still say who she is ("вихованка дитячого будинку")."""
LONGEST_LIST = 300
"""Lines below a heading that it still speaks for."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A child named in a text.

    Attributes:
        given: Given name in the base form; a diminutive stays a diminutive.
        surname: Surname in the base form, an initial with its dot, or `''`.
        patronymic: Patronymic in the base form, or `''`.
        written: The name as it stands in the text.
        birth: Possible days of birth, or None where neither date nor age with a day of publication is given.
        age_months: Least and first excluded age in completed months at publication, or None.
        place: The place the child comes from, or that the text names without saying, as written, or `''`.
        location: The place where the child is or was brought to, as written, or `''`.
        institution: The institution as written, or `''`.
        sex: `f`, `m` or `''`.
        start: Offset of the name in the text.
        end: Offset behind it.
    """

    given: str
    surname: str
    patronymic: str
    written: str
    birth: DateInterval | None
    age_months: tuple[int, int] | None
    place: str
    location: str
    institution: str
    sex: str
    start: int
    end: int


def find_mentions(text: str, *, language: str | None = None, published: date | None = None) -> list[Mention]:
    """Children named in a free text, in order; groups without names and adults give none.

    Args:
        text: A post or an article in Ukrainian, Russian or a language in Latin letters. What lies behind the first
            200,000 characters is not read.
        language: `uk`, `ru` or `en`; guessed from the letters when missing. It decides between base forms.
        published: The day the text was written, to turn ages into days of birth.
    """
    folded, offsets = fold_with_offsets(text[:LONGEST_TEXT])
    read = Text.of(with_capitals(folded), published)
    births = context.births(read)
    anchored = context.beside_births(read, births)
    people = _people(read, language or _guess_language(read.folded.lower()), anchored)
    if not people:
        return []
    share_plural_surnames(read, people)
    share_family_surname(read, people)
    bind_births(read, people, births)
    people = surname_of_field(read, people)
    institutions = find_institutions(read.lower)
    words = read.words
    dated = [(words[p.name.first].start, words[p.name.last].end) for p in people if p.birth is not None]
    places = context.places(read, [*institutions, *dated])
    towns = {place.start for place in places}
    named = {index for person in people for index in range(person.name.first, person.name.last + 1)}
    single = len(people) == 1
    mentions = []
    for person in people:
        if person.birth is None and words[person.name.first].start in towns:
            continue
        if not _is_child(person, named, read, institutions):
            continue
        name = person.name
        start, end = words[name.first].start, words[name.last].end
        span = read.spans[person.sentence]
        origins = [place for place in places if place.role != "location"]
        place = _nearest_place(origins, start, end, span, whole_text=single) or _heading_place(origins, read, person)
        targets = [place for place in places if place.role == "location"]
        location = _nearest_place(targets, start, end, span, whole_text=single)
        house = _nearest(institutions, start, span) or (
            _nearest(institutions, start, (0, len(read.folded))) if single else None
        )
        birth = person.birth
        sex = (
            name.sex
            or (birth.sex if birth else "")
            or sex_of_name(name.given_base, name.patronymic_base, name.surname_base)
        )
        original = slice(offsets[start], offsets[end])
        mentions.append(
            Mention(
                given=name.given_base,
                surname=name.surname_base,
                patronymic=name.patronymic_base,
                written=text[original],
                birth=birth.interval if birth else None,
                age_months=birth.months if birth else None,
                place=text[offsets[place.start] : offsets[place.end]] if place else "",
                location=text[offsets[location.start] : offsets[location.end]] if location else "",
                institution=text[offsets[house[0]] : offsets[house[1]]] if house else "",
                sex=sex,
                start=original.start,
                end=original.stop,
            )
        )
    return mentions


def _guess_language(lower: str) -> str:
    if re.search("[а-яіїєґ]", lower) is None:
        return "en"
    return (
        "uk"
        if len(re.findall("[іїєґ]", lower)) >= len(re.findall("[ыэъё]", lower)) and re.search("[іїєґ]", lower)
        else "ru"
    )


def _people(text: Text, language: str, anchored: frozenset[int]) -> list[Person]:
    words = text.words
    people: list[Person] = []
    index = 0
    for number, (start, end) in enumerate(text.spans):
        while index < len(words) and words[index].start < start:
            index += 1
        last = index
        while last < len(words) and words[last].end <= end:
            last += 1
        sentence = Sentence(text, index, last, language, anchored)
        formal = find_formal_names(sentence)
        taken = {at for name in formal for at in range(name.first, name.last + 1)}
        free = [name for name in find_names(sentence) if taken.isdisjoint(range(name.first, name.last + 1))]
        people.extend(Person(name, number) for name in sorted([*formal, *free], key=lambda name: name.first))
        index = last
    return people


def _is_child(
    person: Person,
    named: set[int],
    text: Text,
    institutions: list[tuple[int, int]],
) -> bool:
    """The age decides where there is one; otherwise a child's word near the name, and no adult's word beside it.

    Up to twenty the age does not rule a person out: some of the children on the lists have come of age since.
    """
    if person.birth is not None:
        if context.is_child(person.birth, text.published, years=18):
            return True
        grown = context.is_child(person.birth, text.published, years=21)
        return grown and not _is_adult(person, named, text)
    name, words = person.name, text.words
    start, end = text.spans[person.sentence]
    if _is_adult(person, named, text):
        return False
    if name.patronymic is not None and name.surname is None:
        return False
    before = [word for word in words[max(0, name.first - NEAR_WORDS) : name.first] if word.start >= start]
    after = [word for word in words[name.last + 1 : name.last + 1 + NEAR_WORDS] if word.end <= end]
    apposition = after[:APPOSITION_WORDS] if re.match(r"\s?[,(-]", text.lower[words[name.last].end :][:2]) else []
    if any(is_word(word.lower, "child") for word in [*before, *apposition]):
        return True
    if any(is_word(word.lower, "waiting") for word in after):
        return True
    if name.diminutive and any(start <= house[0] < end for house in institutions):
        return True
    return _under_heading(person, text)


def _is_adult(person: Person, named: set[int], text: Text) -> bool:
    name, words = person.name, text.words
    start, end = text.spans[person.sentence]
    for index in range(name.first - 1, max(-1, name.first - 1 - ADULT_WORDS), -1):
        if words[index].start < start or index in named:
            break
        if is_word(words[index].lower.rstrip("."), "adult"):
            return True
        if is_word(words[index].lower, "child_relation") and name.only_oblique and index == name.first - 1:
            return True
        if is_word(words[index].lower, "child") and not (index and is_word(words[index - 1].lower, "on_behalf_of")):
            break
    for index in range(name.last + 1, min(len(words), name.last + 1 + ADULT_WORDS)):
        if words[index].end > end or index in named:
            break
        word = words[index].lower.rstrip(".")
        if is_word(word, "adult") or (is_word(word, "speech") and index <= name.last + 2):
            return True
        if is_word(word, "child"):
            break
    return False


def _under_heading(person: Person, text: Text) -> bool:
    """Whether the name opens a line of a list whose heading ("Шукають рідних:") speaks of children."""
    if text.words[person.name.first].start - text.spans[person.sentence][0] > 6:
        return False
    for number in range(person.sentence - 1, max(-1, person.sentence - LONGEST_LIST), -1):
        heading = text.lower[slice(*text.spans[number])]
        if heading.rstrip().endswith(":"):
            return any(is_word(word, "heading") for word in re.findall(r"[\w'-]+", heading))
    return False


def _nearest_place(
    places: list[Place], start: int, end: int, span: tuple[int, int], *, whole_text: bool
) -> Place | None:
    """The place in the sentence that a name belongs to: an origin before others, a following one before an earlier."""
    low, high = (0, 1 << 60) if whole_text else span
    inside = [place for place in places if low <= place.start and place.end <= high]
    inside = [place for place in inside if place.end <= start or place.start >= end]
    return min(
        inside,
        key=lambda place: (
            place.role != "origin",
            not span[0] <= place.start < span[1],
            place.end <= start,
            abs(place.start - start),
        ),
        default=None,
    )


def _heading_place(places: list[Place], text: Text, person: Person) -> Place | None:
    """The one place of a list's heading, where the line of a child names none."""
    first = text.spans[0]
    heading = [place for place in places if place.end <= first[1]]
    return heading[0] if person.sentence > 0 and len(heading) == 1 else None


def _nearest(spans: list[tuple[int, int]], start: int, inside: tuple[int, int]) -> tuple[int, int] | None:
    found = [span for span in spans if inside[0] <= span[0] and span[1] <= inside[1]]
    return min(found, key=lambda span: abs(span[0] - start), default=None)
