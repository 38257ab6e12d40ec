"""Names drawn at random and changed in ways that leave them the same name: each relation holds for every one."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from functools import cache

import pytest

from synthetic.population.inflection import (
    inflect,
    russian_patronymic_genitive,
    russian_surname_genitive,
    ukrainian_surname_genitive,
)  # fmt: skip
from synthetic.population.patronymics import patronymic
from synthetic.population.people import FullName
from synthetic.population.pools import Language, Sex, pools
from transliteration import (
    NameLevel,
    Role,
    canonical_key,
    canonical_variants,
    compare,
    compare_full_names,
    compare_pairs,
    nominative,
    parse_name,
    phonetic_key,
    repair,
    romanise,
    sex_of_name,
    slip_keys,
)  # fmt: skip
from transliteration.names.dictionary import dictionary
from transliteration.names.given import russian_forms, sexes, written_forms
from transliteration.spelling.romanisation import systems

SEED = 20261127
SURNAMES, PATRONYMICS, GIVEN = 200, 60, 100
APOSTROPHES = "'’‘ʼ`´‛′＇ʹ\""
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
HYPHENS = "-‐‑–—−"
TO_LATIN = dict(zip("АВСЕНІКМОРТХУасеіорхук", "ABCEHIKMOPTXYaceiopxyk", strict=True))
TO_CYRILLIC = {latin: cyrillic for cyrillic, latin in TO_LATIN.items()}

Name = tuple[str, Role]
Change = Callable[[str, random.Random], str]


@cache
def drawn(seed: int = SEED) -> tuple[Name, ...]:
    """Ukrainian surnames, patronymics and given names, each with its role."""
    rng, known = random.Random(seed), dictionary()
    parts: list[tuple[Role, list[str]]] = [
        ("surname", rng.sample(sorted(known.as_dict("last")), SURNAMES)),
        ("patronymic", rng.sample(sorted(known.as_dict("patronymic")), PATRONYMICS)),
        ("given", rng.sample(sorted(written_forms()), GIVEN)),
    ]
    return tuple((name.replace("'", "ʼ").title(), role) for role, names in parts for name in names)


def _between(text: str, sign: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(text))
    return text[:at] + sign + text[at:]


def _stressed(text: str, rng: random.Random) -> str:
    places = [at for at, letter in enumerate(text) if letter.lower() in "аеиоуюяєі"]
    at = rng.choice(places) if places else 0
    return text[: at + 1] + "\u0301" + text[at + 1 :]


SAME_SPELLING: dict[str, Change] = {
    "upper case": lambda text, _: text.upper(),
    "lower case": lambda text, _: text.lower(),
    "blanks around": lambda text, _: f" \u00a0{text}\t ",
    "letters taken apart": lambda text, _: unicodedata.normalize("NFD", text),
    "a stress mark": _stressed,
    **{f"U+{ord(sign):04X} inside": lambda text, rng, sign=sign: _between(text, sign, rng) for sign in INVISIBLE},  # type: ignore[misc]
}
ONE_NAME: dict[str, Change] = {
    "no apostrophe": lambda text, _: text.replace("ʼ", ""),
    **{f"apostrophe {sign}": lambda text, _, sign=sign: text.replace("ʼ", sign) for sign in APOSTROPHES},  # type: ignore[misc]
    "і in Latin": lambda text, _: text.replace("і", "i").replace("І", "I"),
    "half the look-alikes": lambda text, rng: "".join(TO_LATIN.get(c, c) if rng.random() < 0.5 else c for c in text),
    "all look-alikes": lambda text, _: "".join(TO_LATIN.get(c, c) for c in text),
    "look-alikes in Latin spelling": lambda text, rng: "".join(
        TO_CYRILLIC.get(c, c) if rng.random() < 0.4 else c for c in romanise(text)
    ),
}


@pytest.mark.parametrize("change", SAME_SPELLING)
def test_the_same_spelling_is_identical_and_has_the_same_keys(change: str) -> None:
    rng = random.Random(SEED)
    broken = []
    for name, role in drawn():
        changed = SAME_SPELLING[change](name, rng)
        same_keys = all(key(name, role) == key(changed, role) for key in (canonical_key, phonetic_key, slip_keys))
        if compare(name, changed, role).level is not NameLevel.IDENTICAL or not same_keys:
            broken.append((role, name, changed))
    assert not broken


@pytest.mark.parametrize("change", ONE_NAME)
def test_damage_leaves_it_one_name(change: str) -> None:
    rng = random.Random(SEED)
    broken = []
    for name, role in drawn():
        changed = ONE_NAME[change](name, rng)
        if compare(name, changed, role).level < NameLevel.ROMANISATION:
            broken.append((role, name, changed))
    assert not broken


def test_sides_may_be_swapped_and_pairs_are_compared_as_one_by_one() -> None:
    rng = random.Random(SEED)
    for role in ("surname", "patronymic", "given"):
        names = [name for name, its in drawn() if its == role]
        # Each name meets itself in Latin letters, another name, and another name in Latin letters.
        others = rng.sample(names, len(names))
        left = names * 3
        right = [*map(romanise, names), *others, *map(romanise, others)]
        one_by_one = [compare(a, b, role).level for a, b in zip(left, right, strict=True)]
        turned = [compare(b, a, role).level for a, b in zip(left, right, strict=True)]
        assert [(a, b) for a, b, x, y in zip(left, right, one_by_one, turned, strict=True) if x != y] == []
        assert list(compare_pairs(left, right, role)) == one_by_one
        assert list(compare_pairs(right, left, role)) == one_by_one


def test_what_nobody_sees_changes_no_verdict_on_two_names() -> None:
    rng = random.Random(SEED)
    broken = []
    changes = list(SAME_SPELLING.values())
    for role in ("surname", "patronymic", "given"):
        names = [name for name, its in drawn() if its == role]
        for a, b in zip(names, rng.sample(names, len(names)), strict=True):
            changed = rng.choice(changes)(a, rng)
            if compare(a, b, role).code != compare(changed, b, role).code:
                broken.append((role, a, changed, b))
    assert not broken


def _names_for(language: str) -> list[Name]:
    """The names as that language writes them; a name without a form of its own in it is left out."""
    if language == "uk":
        return list(drawn())
    known = dictionary()
    pools_of: dict[Role, str] = {"surname": "last", "patronymic": "patronymic"}
    found: list[Name] = []
    for name, role in drawn():
        plain = name.lower().replace("ʼ", "'")
        forms = russian_forms().get(plain, ())[:1] if role == "given" else known.as_dict(pools_of[role])[plain][:1]
        found += [(form.title(), role) for form in forms]
    return found


def _told_apart(name: str, system: str) -> bool:
    """Return whether a system writes a name so that its letters alone can be told from those of another name.

    German press writes з as s, ж as sh and ц as z, which are с, ш and з everywhere else. Where the word has none of the
    letters that make it German (or has sj or zj, which make it another language's), reading it as German would give
    every name with an s a twin with a з. Where сг or сх is written sh, it is ш in every system.
    """
    latin = romanise(name, system).lower()
    if system == "uk_german" and set("зжц") & set(name.lower()):
        return re.search("sch|w|j|z|ch", latin) is not None and re.search("sj|zj", latin) is None
    return "sh" not in latin or re.search("с[гх]", name.lower()) is None


@pytest.mark.parametrize("system", sorted(systems()))
def test_a_romanised_name_is_the_name_and_shares_a_variant(system: str) -> None:
    broken, checked = [], 0
    for name, role in _names_for(systems()[system].language):
        if not _told_apart(name, system):
            continue
        latin = romanise(name, system)
        one_name = compare(name, latin, role).level >= NameLevel.ROMANISATION
        shared = set(canonical_variants(name, role)) & set(canonical_variants(latin, role))
        checked += 1
        if not one_name or not shared:
            broken.append((role, name, latin, one_name, bool(shared)))
    assert not broken
    assert checked > 250


def _declined(name: FullName, language: Language) -> tuple[str, str, str]:
    """Return a child in the genitive, by the grammar of the fictional world, which the name model was not made from."""
    surname, given, father = name.parts(language)
    given = inflect(given, "genitive", language, name.sex)
    adjectival = name.surname.written(language, "m") != name.surname.written(language, "f")
    if language == "ru":
        declined = russian_surname_genitive(surname, name.sex, adjectival=adjectival)
        return declined, given, russian_patronymic_genitive(father)
    declined = ukrainian_surname_genitive(surname, name.sex, adjectival=adjectival)
    return declined, given, inflect(father, "genitive", "uk", name.sex)


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_a_declined_full_name_is_the_name(language: Language) -> None:
    # Whole names alone: a given name by itself, such as "Олександра", is a woman's before it is a case form of a man's.
    broken = []
    for name in _full_names():
        base, declined = name.parts(language), _declined(name, language)
        read = nominative(parse_name(" ".join(declined)), name.sex)
        # The name, not its spelling: Павла, Владиславовича may be Ukrainian and Russian.
        parts: list[tuple[Role, str, str]] = [
            ("given", base[1], read.given), ("patronymic", base[2], read.patronymic),
            ("surname", base[0], declined[0]), ("patronymic", base[2], declined[2]),
        ]  # fmt: skip
        for role, a, b in parts:
            if compare(a, b, role).level < NameLevel.OTHER_LANGUAGE:
                broken.append((base, declined, read))
        if compare_full_names(" ".join(base), " ".join(declined)).bits <= 0:
            broken.append((base, declined, "bits"))
    assert not broken


def _double(role: Role = "surname") -> list[tuple[str, str]]:
    names = [name for name, its in drawn() if its == role]
    return list(zip(names[::2], names[1::2], strict=False))


@pytest.mark.parametrize("joint", [*HYPHENS, " - ", "- ", " -", " – ", " "])
def test_halves_of_a_double_surname_may_be_joined_in_any_way(joint: str) -> None:
    assert [
        (a, b)
        for a, b in _double()
        if compare(f"{a}-{b}", f"{a}{joint}{b}", "surname").level < NameLevel.OTHER_LANGUAGE
    ] == []


@cache
def _full_names() -> tuple[FullName, ...]:
    rng, stock = random.Random(SEED), pools()
    found = []
    for _ in range(120):
        sex: Sex = rng.choice(("f", "m"))
        given, father = stock.children[sex].draw(rng), stock.parents["m"].draw(rng)
        found.append(FullName(rng.choice(stock.surnames.items), given, patronymic(father, sex), sex))
    return tuple(found)


FULL: dict[str, Callable[[str, str, str], str]] = {
    "given name first": lambda s, g, p: f"{g} {p} {s}",
    "a comma": lambda s, g, p: f"{s}, {g} {p}",
    "upper case": lambda s, g, p: f"{s} {g} {p}".upper(),
    "lower case": lambda s, g, p: f"{s} {g} {p}".lower(),
    "surname in capitals": lambda s, g, p: f"{g} {p} {s.upper()}",
    # A tab is no blank here: it is the border of a pasted cell, and what lies behind it is told, not read.
    "blanks": lambda s, g, p: f"  {s}\u00a0 {g}  {p} ",
    "zero-width": lambda s, g, p: f"\ufeff{s[:2]}\u200b{s[2:]} {g} {p}\u200f",
    "і in Latin": lambda s, g, p: f"{s} {g} {p}".replace("і", "i").replace("І", "I"),
    "apostrophe": lambda s, g, p: f"{s} {g} {p}".replace("'", "’"),
}


@pytest.mark.parametrize("change", FULL)
def test_full_names_keep_their_parts_and_their_bits(change: str) -> None:
    broken = []
    for name in _full_names():
        surname, given, father = name.parts("uk")
        plain, changed = f"{surname} {given} {father}", FULL[change](surname, given, father)
        parsed = parse_name(repair(changed).text)
        parts = tuple(part.title().replace("ʼ", "'") for part in (parsed.surname, parsed.given, parsed.patronymic))
        wanted = tuple(part.title().replace("ʼ", "'") for part in (surname, given, father))
        if parts != wanted:
            broken.append((changed, parts))
        if compare_full_names(plain, changed).bits < compare_full_names(plain, plain).bits - 0.01:
            broken.append((changed, "bits"))
    assert not broken


def test_a_name_in_the_nominative_stays_and_no_change_gives_it_another_sex() -> None:
    broken = []
    for name in _full_names():
        (surname, given, father), sex = name.parts("uk"), name.sex
        parsed = parse_name(f"{surname} {given} {father}")
        if nominative(parsed) != parsed or sex_of_name(given, father, surname) != sex:
            broken.append((surname, given, father))
        if sex_of_name(given.upper(), f"\u200b{father}", surname.lower()) != sex:
            broken.append((surname, given, father, "changed"))
    assert not broken


def test_a_repaired_name_needs_no_repair() -> None:
    rng = random.Random(SEED)
    for name, _ in drawn():
        for change in (*SAME_SPELLING.values(), *ONE_NAME.values()):
            repaired = repair(change(name, rng)).text
            assert repair(repaired).text == repaired
    assert set(sexes().values()) == {"f", "m"}
