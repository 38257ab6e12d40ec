"""Case forms of given names, and the base form of a name written in an oblique case, Ukrainian and Russian."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from transliteration import tables
from transliteration.names.given import written_forms
from transliteration.spelling.skeleton import skeletons
from transliteration.text.scripts import fold

_HUSHING = "жчшщ"
_SOFT_R = frozenset({"ігор", "лазар", "цезар"})


def _stem_changes(name: str) -> str:
    """Return the stem the oblique cases are built on, where a vowel falls out or alternates."""
    for ending, stem in (
        ("яків", "яков"), ("федір", "федор"), ("сидір", "сидор"), ("прокіп", "прокоп"), ("антін", "антон"),
        ("павел", "павл"), ("лев", "льв"), ("пётр", "петр"), ("петр", "петр"),
    ):  # fmt: skip
        if name == ending:
            return stem
    return name[:-2] + name[-1] if name.endswith(("ек", "ок", "ёк", "ик")) and name[-2] in "еоё" else name


def _masculine(name: str) -> list[str]:
    last, body = name[-1], name[:-1]
    if last == "й":
        return [body + e for e in ("я", "ю", "єві", "єм", "ї", "ем", "е", "и", "єві")]
    if last == "ь":
        return [body + e for e in ("я", "ю", "еві", "ем", "ём", "і", "е")]
    if last in "оеё":
        return [body + e for e in ("а", "у", "ові", "ом", "і", "е", "я", "ю", "ем")]
    if last in "ая":
        return _feminine(name)
    if last in "іиуюєыэї":
        return []
    found = []
    for stem in dict.fromkeys((name, _stem_changes(name))):
        found += [stem + e for e in ("а", "у", "ові", "ом", "і", "е")]
    if name in _SOFT_R or last in _HUSHING:
        found += [name + e for e in ("я", "ю", "еві", "ем")]
    return found


def _feminine(name: str) -> list[str]:
    last, body = name[-1], name[:-1]
    if last == "а":
        soft = body[:-1] + {"г": "з", "к": "ц", "х": "с"}.get(body[-1:], body[-1:])
        return [*(body + e for e in ("и", "ы", "і", "е", "у", "ою", "ой", "о", "ей", "ею")), soft + "і"]
    if last == "я":
        return [body + e for e in ("і", "ї", "и", "ю", "ею", "єю", "ей", "ёй", "е")]
    if last == "ь":
        return [body + e for e in ("і", "и", "ью", "ю")]
    if name.endswith("ов"):
        return [name + e for e in ("і", "ʼю")]
    return []


def case_forms(name: str, sex: str) -> tuple[str, ...]:
    """Return the oblique-case forms (lower case, both languages, without the name itself) of a Cyrillic given name."""
    plain = fold(name)
    if len(plain) < 2:
        return ()
    made = _feminine(plain) if sex == "f" else _masculine(plain)
    return tuple(form for form in dict.fromkeys(made) if form != plain)


@cache
def _index() -> dict[str, dict[str, None]]:
    """Return skeleton of a case form -> classes of the formal name."""
    sexes = {row["given"]: row["sex"] for row in tables.rows("given_names")}
    index: dict[str, dict[str, None]] = {}
    for given, forms in written_forms().items():
        for form in forms:
            for case in case_forms(form, sexes[given]):
                for key in skeletons(case):
                    index.setdefault(key, {}).setdefault(given)
    return index


@cache
def _spelt() -> dict[str, frozenset[str]]:
    """Return case form, letter by letter -> classes of the formal name."""
    sexes = {row["given"]: row["sex"] for row in tables.rows("given_names")}
    found: dict[str, set[str]] = {}
    for given, forms in written_forms().items():
        for form in forms:
            for case in case_forms(form, sexes[given]):
                found.setdefault(_plain(case), set()).add(given)
    return {case: frozenset(classes) for case, classes in found.items()}


@cache
def _names() -> frozenset[str]:
    return frozenset(_plain(form) for forms in written_forms().values() for form in forms)


def _plain(text: str) -> str:
    return fold(text).replace("'", "").replace("ʼ", "").replace("ё", "е")


@cache
def _diminutive_index() -> dict[str, dict[str, None]]:
    """Return skeleton of a case form of a diminutive -> classes."""
    index: dict[str, dict[str, None]] = {}
    for row in tables.rows("diminutives"):
        for case in case_forms(row["diminutive"], row["sex"]):
            for key in skeletons(case):
                index.setdefault(key, {}).setdefault(row["given"])
    return index


@lru_cache(maxsize=1 << 16)
def oblique_classes(text: str) -> frozenset[str]:
    """Return the given-name classes of which a written form may be an oblique case, of the name or its diminutive."""
    return oblique_formal(text) | _cases(text, _diminutive_index)


@lru_cache(maxsize=1 << 16)
def oblique_formal(text: str) -> frozenset[str]:
    """Return the given-name classes of which a written form may be an oblique case (genitive, dative, …)."""
    plain = _plain(text)
    # A name of the tables counts letter by letter: Іванна is no genitive of Іван, though Івана sounds the same.
    return _spelt().get(plain, frozenset()) if plain in _names() else _cases(text, _index)


def _cases(text: str, table: Callable[[], dict[str, dict[str, None]]]) -> frozenset[str]:
    if fold(text).endswith(("ій", "ий")):
        # No case of a given name ends so, but its skeleton is that of -і: Олексій is no dative of Олекса.
        return frozenset()
    index = table()
    return frozenset(name for key in skeletons(text)[:3] for name in index.get(key, ()))
