"""Patronymic algebra: from a father's name to the patronymic and back, Ukrainian and Russian, both sexes, Latin too."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from transliteration import tables
from transliteration.names.given import (
    frequencies,
    is_given_name,
    read_given,
    sexes,
    written_forms,
)
from transliteration.spelling.skeleton import skeleton, skeletons
from transliteration.text.scripts import fold, has_cyrillic


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    """Return class -> patronymics that the rules do not make."""
    found: dict[str, list[str]] = {}
    for row in tables.rows("patronymics"):
        found.setdefault(row["given"], []).append(row["patronymic"])
    return {name: tuple(forms) for name, forms in found.items()}


def _regular(father: str) -> tuple[str, ...]:
    """Return the patronymics the rules make of one Cyrillic form, masculine and feminine, both languages."""
    if father.endswith("ій") or father.endswith("ий"):
        stem = father[:-2]
        return (
            stem + "ійович", stem + "іївна", stem + "ійовна", stem + "иевич", stem + "иевна",
            stem + "ьевич", stem + "ьевна", stem + "ович", stem + "івна",
        )  # fmt: skip
    if father.endswith(("ей", "ай", "ой", "єй", "уй", "їй")):
        stem = father[:-1]
        return (stem + "йович", stem + "ївна", stem + "евич", stem + "евна", stem + "еуна")
    if father.endswith("ь"):
        stem = father[:-1]
        return (stem + "ьович", stem + "івна", stem + "евич", stem + "евна", stem + "ович")
    if father.endswith(("о", "а", "е", "у", "і")):
        stem = father[:-1]
        return (stem + "ович", stem + "івна", stem + "овна", stem + "ич", stem + "ична", stem + "евич", stem + "евна")
    if father.endswith(("я", "ю", "ья")):
        stem = father[:-1].rstrip("ьл") + ("ль" if father[:-1].endswith(("ль", "л")) else "")
        return (stem + "ич", stem + "івна", stem + "ьович")
    return (
        father + "ович", father + "івна", father + "овна", father + "евич", father + "евна",
        # Belarusian akanie, and its ў as passports have it.
        father + "авіч", father + "аўна", father + "ауна",
    )  # fmt: skip


@lru_cache(maxsize=1 << 14)
def patronymics_of(given: str) -> tuple[str, ...]:
    """Return the patronymics (lower case, uk then ru, masculine and feminine) a child of a man of this name may bear.

    The name may be written in any language, script or diminutive; unknown names go through the rules alone.
    """
    names = [n for n in read_given(given).classes if sexes().get(n) == "m"]
    found: dict[str, None] = {}
    if not names:
        plain = fold(given)
        for form in _regular(plain) if plain else ():
            found.setdefault(form)
    for name in sorted(names):
        for form in _irregular().get(name, ()):
            found.setdefault(form)
        for written in written_forms()[name]:
            for form in _regular(written):
                found.setdefault(form)
    return tuple(found)


@cache
def _index() -> dict[str, dict[str, None]]:
    index: dict[str, dict[str, None]] = {}
    weight = {row["given"]: float(row["weight"]) for row in tables.rows("given_names")}
    men = sorted((n for n, sex in sexes().items() if sex == "m"), key=lambda n: (-weight[n], n))
    for name in men:
        forms = [*_irregular().get(name, ())]
        for written in written_forms()[name]:
            forms.extend(_regular(written))
        for form in forms:
            for key in skeletons(form):
                index.setdefault(key, {}).setdefault(name)
    return index


def looks_like_patronymic(text: str) -> bool:
    """Return whether a written token ends like a patronymic of either language, in any script."""
    return sex_of_patronymic(text) != ""


@cache
def _markers() -> dict[str, str]:
    """Return folded word that makes a Turkic patronymic -> the sex of the child."""
    return {row["marker"]: row["sex"] for row in tables.rows("patronymic_markers")}


@cache
def _marker_skeletons() -> dict[str, str]:
    """Return the same by skeleton; the short ones ("ули", "зода") are too near to names to be met that way."""
    return {key: sex for word, sex in _markers().items() if len(key := skeleton(word)) >= _MARKER_LETTERS}


@lru_cache(maxsize=1 << 16)
def _marker_sex(word: str) -> str:
    """Return the sex that a marker states, `''` for any other word; romanised markers have many spellings."""
    plain = fold(word).replace("'", "").strip(".")
    stated = _markers().get(plain, "")
    if stated or has_cyrillic(plain) or not _MARKER_LETTERS <= len(plain) <= _LONGEST_MARKER:
        return stated
    known = _marker_skeletons()
    return next((known[key] for key in skeletons(word) if key in known), "")


_MARKER_LETTERS, _LONGEST_MARKER = 4, 7
_MARKED = re.compile(r"^(.+?)[\s-]+((?:[^\W\d_]|')+)$")


@lru_cache(maxsize=1 << 17)
def marked_father(text: str) -> tuple[str, str]:
    """Return the father's name and the child's sex of a patronymic such as "Самед оглы", both `''` for any other."""
    plain = fold(text)
    match = _MARKED.match(plain) if " " in plain or "-" in plain else None
    sex = _marker_sex(match[2]) if match else ""
    return (match[1], sex) if match and sex else _glued_father(plain)


def _glued_father(plain: str) -> tuple[str, str]:
    """Return the same of a word such as "рауфкизи", where what stands before the marker is a given name."""
    if not plain.endswith(_glued_markers()):
        return "", ""
    marker = next(end for end in _glued_markers() if plain.endswith(end))
    father = plain.removesuffix(marker)
    return (father, _markers()[marker]) if len(father) > 2 and is_given_name(father) else ("", "")


@cache
def _glued_markers() -> tuple[str, ...]:
    # Those in -у end surnames too: Караоглу, Kızıloğlu.
    long = [word for word in _markers() if len(word) >= _MARKER_LETTERS and word[-1] not in "уu"]
    return tuple(sorted(long, key=len, reverse=True))


def is_patronymic_marker(word: str) -> bool:
    """Return whether a word makes a patronymic of the name before it, as "оглы" and "кызы" do."""
    return _marker_sex(word) != ""


def has_marker(text: str) -> bool:
    """Return whether a patronymic is a father's name with a word such as "оглы" or "кызы" behind it."""
    return marked_father(text)[1] != ""


_BELARUSIAN_DAUGHTER = ("аўна", "еўна", "оўна", "ёўна", "яўна")
_LONGEST_SHORT_SURNAME = 8  # Savich and Славіч are surnames
_DAUGHTER = re.compile("(?:[oei][vf]n(?:a|i|e|u|oiu|oi)|i[Cn]n(?:a|i|e|u|oiu|oi)|iiniCna)$")
_SON = re.compile("(?:[oei][vf]iC|liC|miC|kiC|fiC)(?:a|u|em|om|i|e|evi|ovi)?$")


@lru_cache(maxsize=1 << 17)
def sex_of_patronymic(text: str) -> str:
    """Return `f` or `m` by the ending of a patronymic, `''` when it has none."""
    marked = marked_father(text)[1]
    if marked:
        return marked
    plain = fold(text)
    if plain.endswith(_BELARUSIAN_DAUGHTER) or (len(plain) > _LONGEST_SHORT_SURNAME and plain.endswith("auna")):
        return "f"
    if (len(plain) > 6 and plain.endswith(("авіч", "явіч"))) or (
        len(plain) > _LONGEST_SHORT_SURNAME and plain.endswith("avich")
    ):
        return "m"
    for key in skeletons(text)[:4]:
        if len(key) < 4:
            continue
        if _DAUGHTER.search(key):
            return "f"
        if _SON.search(key):
            return "m"
    return ""


@lru_cache(maxsize=1 << 17)
def fathers(patronymic: str) -> tuple[str, ...]:
    """Return the classes of the father's name a written patronymic may be made of, the most frequent first."""
    index = _index()
    found: dict[str, None] = {}
    father, _sex = marked_father(patronymic)
    if father:
        return tuple(
            sorted((n for n in read_given(father).formal if sexes()[n] == "m"), key=lambda n: (-frequencies()[n], n))
        )
    for order, key in enumerate(skeletons(patronymic)):
        if order > 5 and found:
            break
        for form in (key, *_base_forms(key)):
            for name in index.get(form, ()):
                found.setdefault(name)
    return tuple(found)


_CASES = (
    (re.compile("(?<=iC)(?:a|u|em|om|i|e|evi|ovi)$"), ""),
    (re.compile("(?<=[vC]n)(?:i|u|oiu|oi|e)$"), "a"),
    (re.compile("(?<=v)iS$"), "iC"),
    (re.compile("(?<=v)i[hc]$"), "iC"),
)


_MAY_BE_CASE = re.compile("(?:iC(?:a|u|em|om|i|e|evi|ovi)|[vC]n(?:i|u|oiu|oi|e)|viS|vi[hc])$")


def _base_forms(key: str) -> tuple[str, ...]:
    """Return nominative skeletons of a declined patronymic skeleton."""
    if _MAY_BE_CASE.search(key) is None:
        return ()
    return tuple(pattern.sub(base, key) for pattern, base in _CASES if pattern.search(key))


def patronymic_stem(text: str) -> str:
    """Return the skeleton of the father's name that the rules alone see in a patronymic, both sexes alike."""
    found = patronymic_stems(text)
    return found[0] if found else ""


@lru_cache(maxsize=1 << 17)
def patronymic_stems(text: str) -> tuple[str, ...]:
    """Return that skeleton for each reading of the patronymic, the most likely first: a Latin spelling has several."""
    father = marked_father(text)[0]
    if father:
        return tuple(dict.fromkeys(re.sub("(?<=..)[aei]i?$", "", key) for key in skeletons(father)))
    found: dict[str, None] = {}
    for key in skeletons(text):
        for pattern, base in _CASES:
            key = pattern.sub(base, key)
        found.setdefault(re.sub("(?:[oei]*[vf]na|[oei]*[vf]iC|niCna|iCna|iC)$", "", key) or key)
    return tuple(found)


def given_of_patronymic(patronymic: str) -> str:
    """Return the father's name (Ukrainian, lower case) of a patronymic in any language or script, `''` if unknown."""
    found = fathers(patronymic)
    return found[0] if found else ""


@lru_cache(maxsize=1 << 16)
def father_agrees(patronymic: str, father: str) -> bool | None:
    """Return whether a patronymic can be made of the father's written given name; None if either is unknown.

    Both may be in any language and script; the father may be written as a diminutive.
    """
    made_of, named = frozenset(fathers(patronymic)), read_given(father).classes
    if not made_of or not named:
        return None
    return bool(made_of & named)
