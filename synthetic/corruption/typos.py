"""Slips of the pen, the keyboard and the scanner in a written name."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_LOOKALIKES = dict(zip("аесорхіАВЕКМНОРСТХІ", "aecopxiABEKMHOPCTXI", strict=True))
_OCR = {"й": "и", "и": "н", "ш": "щ", "щ": "ш", "н": "и", "о": "0", "О": "0", "з": "3", "З": "3", "ц": "и", "в": "б"}
_VOWELS = {"и": "іы", "і": "иы", "ы": "и", "е": "єэ", "є": "е", "э": "е", "ё": "е", "о": "а", "а": "о"}
_CONSONANTS = {"г": "хґ", "ґ": "г", "х": "г", "щ": "ш", "ц": "тс", "в": "у", "д": "т", "б": "п"}
_APOSTROPHES = ("ʼ", "’", "`", "*", "", " ")


def _replace(text: str, rng: Random, table: dict[str, str]) -> str:
    places = [index for index, character in enumerate(text) if character in table]
    if not places:
        return text
    index = rng.choice(places)
    return text[:index] + rng.choice(table[text[index]]) + text[index + 1 :]


def lookalike(text: str, rng: Random) -> str:
    """Latin letters that look alike stand for some Cyrillic ones."""
    places = [index for index, character in enumerate(text) if character in _LOOKALIKES]
    for index in rng.sample(places, min(len(places), rng.choice((1, 1, 2, 3)))):
        text = text[:index] + _LOOKALIKES[text[index]] + text[index + 1 :]
    return text


def scanned(text: str, rng: Random) -> str:
    """One letter read as another by the scanner."""
    return _replace(text, rng, _OCR)


def vowel(text: str, rng: Random) -> str:
    """One vowel for another: і/и/ы, е/є/э, о/а; the ending, which tells the sex, stays."""
    return _replace(text[:-1], rng, _VOWELS) + text[-1:]


def consonant(text: str, rng: Random) -> str:
    """One consonant for another: г/ґ/х, щ/ш, в/у."""
    return _replace(text, rng, _CONSONANTS)


def apostrophe(text: str, rng: Random) -> str:
    """The apostrophe in one of its other shapes, or lost."""
    return text.replace("'", rng.choice(_APOSTROPHES))


def soft_sign(text: str, rng: Random) -> str:
    """A lost soft sign."""
    places = [index for index, character in enumerate(text) if character == "ь"]
    index = rng.choice(places) if places else len(text)
    return text[:index] + text[index + 1 :]


def doubled(text: str, rng: Random) -> str:
    """A letter doubled, or one of a double letter lost."""
    for index in range(1, len(text)):
        if text[index] == text[index - 1]:
            return text[:index] + text[index + 1 :]
    places = [index for index, character in enumerate(text) if character in "нлстк" and index]
    index = rng.choice(places) if places else -1
    return text[: index + 1] + text[index] + text[index + 1 :] if places else text


def transposed(text: str, rng: Random) -> str:
    """Two neighbouring letters in the wrong order."""
    if len(text) < 4:
        return text
    index = rng.randrange(1, len(text) - 2)
    return text[:index] + text[index + 1] + text[index] + text[index + 2 :]


def dropped(text: str, rng: Random) -> str:
    """One letter forgotten, never the first."""
    if len(text) < 5:
        return text
    index = rng.randrange(1, len(text))
    return text[:index] + text[index + 1 :]


def half_of_double(text: str, rng: Random) -> str:
    """One half of a double-barrelled surname."""
    return rng.choice(text.split("-")) if "-" in text else text


_KINDS: tuple[tuple[Callable[[str, Random], str], int], ...] = (
    (lookalike, 20),
    (scanned, 12),
    (vowel, 20),
    (consonant, 8),
    (apostrophe, 10),
    (soft_sign, 10),
    (doubled, 8),
    (transposed, 6),
    (dropped, 6),
    (half_of_double, 10),
)
WRONG_PAGES = (
    *(("cp1251", "latin-1"), ("koi8-u", "cp1251"), ("utf-8", "cp1251")),
    *(("cp1251", "cp866"), ("utf-8", "koi8-r")),
)
_FUNCTIONS = [kind for kind, _ in _KINDS]
_WEIGHTS = [weight for _, weight in _KINDS]


def slip(text: str, rng: Random) -> str:
    """The text with one slip; kinds that cannot happen to it are drawn again, so it differs unless it is too short."""
    for _ in range(12):
        changed = rng.choices(_FUNCTIONS, _WEIGHTS)[0](text, rng)
        if changed != text and changed.strip():
            return changed
    return text


def mojibake(parts: list[str], rng: Random) -> list[str]:
    """The parts of one cell as a program shows them that took one code page for another."""
    written, read = rng.choice(WRONG_PAGES)
    try:
        return [part.encode(written).decode(read) for part in parts]
    except UnicodeError:
        return [part.encode("cp1251", "replace").decode("latin-1") for part in parts]
