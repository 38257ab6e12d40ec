"""Given names: which names a written form may stand for, in Ukrainian, Russian, Latin letters or as a diminutive."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache

from anyascii import anyascii

from transliteration import tables
from transliteration.names.dictionary_index import has_given_skeleton, may_translate
from transliteration.spelling.skeleton import skeletons
from transliteration.text.scripts import fold, has_latin


@dataclass(frozen=True, slots=True)
class GivenReading:
    """What a written given name may stand for: classes are Ukrainian canonical names in lower case.

    `formal` maps a class to its rough frequency (1-100); `diminutive` maps a class to the share (0-1] of the uses of
    the diminutive that stand for it.
    """

    formal: dict[str, float] = field(default_factory=dict)
    diminutive: dict[str, float] = field(default_factory=dict)

    @property
    def classes(self) -> frozenset[str]:
        """All classes, formal and by diminutive."""
        return frozenset(self.formal) | frozenset(self.diminutive)


def _forms(cell: str) -> list[str]:
    return [part for part in cell.split(",") if part]


@cache
def sexes() -> dict[str, str]:
    """Return class -> `f` or `m`."""
    return {row["given"]: row["sex"] for row in tables.rows("given_names")}


@cache
def frequencies() -> dict[str, float]:
    """Return class -> rough relative frequency, 1 to 100."""
    return {row["given"]: float(row["weight"]) for row in tables.rows("given_names")}


@cache
def written_forms() -> dict[str, tuple[str, ...]]:
    """Return class -> its Cyrillic forms: the Ukrainian canonical one, variants, then Russian and Belarusian."""
    belarusian: dict[str, tuple[str, ...]] = {}
    for row in tables.rows("belarusian_given_names"):
        belarusian[row["given"]] = (*belarusian.get(row["given"], ()), row["belarusian"])
    return {
        row["given"]: tuple(
            dict.fromkeys(
                (
                    row["given"],
                    *_forms(row["ukrainian"]),
                    *_forms(row["russian"]),
                    *belarusian.get(row["given"], ()),
                )
            )
        )
        for row in tables.rows("given_names")
    }


@cache
def russian_forms() -> dict[str, tuple[str, ...]]:
    """Return class -> its Russian forms."""
    return {row["given"]: tuple(_forms(row["russian"])) for row in tables.rows("given_names")}


@cache
def _formal_index() -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    by_skeleton: dict[str, dict[str, float]] = {}
    by_latin: dict[str, dict[str, float]] = {}
    weight = frequencies()
    for name, forms in written_forms().items():
        for form in forms:
            for key in skeletons(form):
                by_skeleton.setdefault(key, {})[name] = weight[name]
    for row in tables.rows("given_names"):
        for form in _forms(row["latin"]):
            by_latin.setdefault(form, {})[row["given"]] = float(row["weight"])
    for row in tables.rows("belarusian_given_names"):
        by_latin.setdefault(row["latin"], {})[row["given"]] = weight[row["given"]]
    return by_skeleton, by_latin


@cache
def _diminutive_index() -> dict[str, dict[str, float]]:
    index: dict[str, dict[str, float]] = {}
    for row in tables.rows("diminutives"):
        for key in skeletons(row["diminutive"]):
            known = index.setdefault(key, {})
            known[row["given"]] = max(known.get(row["given"], 0.0), float(row["weight"]))
    return index


@cache
def _short_forms() -> dict[str, frozenset[str]]:
    """Return Cyrillic diminutive, letter by letter -> the classes whose formal names only sound like it."""
    found: dict[str, set[str]] = {}
    for row in tables.rows("diminutives"):
        if row["diminutive"] not in written_forms().get(row["given"], ()):
            found.setdefault(row["diminutive"], set()).add(row["given"])
    return {short: frozenset(classes) for short, classes in found.items()}


@lru_cache(maxsize=1 << 17)
def read_given(text: str) -> GivenReading:
    """Return the classes a written given name may stand for; empty for unknown names."""
    plain = fold(text)
    if not plain:
        return GivenReading()
    by_skeleton, by_latin = _formal_index()
    formal = dict(by_latin.get(plain, {}))
    if not plain.isascii() and has_latin(plain):
        # The table holds `helene`, the paper writes Hélène.
        formal |= by_latin.get(anyascii(plain).lower(), {})
    readings = skeletons(plain)
    diminutive: dict[str, float] = {}
    for order, key in enumerate(readings):
        # A less likely reading of a Latin spelling counts only while the likelier ones found nothing.
        if order and formal and order > 3:
            break
        for name, weight in by_skeleton.get(key, {}).items():
            formal.setdefault(name, weight)
    # Юля sounds like Юлія and is no more than its diminutive; Альона is a name of its own too.
    if formal.keys() <= _short_forms().get(plain, frozenset()):
        formal = {}
    index = _diminutive_index()
    for key in readings[:4]:
        for name, share in index.get(key, {}).items():
            diminutive[name] = max(share, diminutive.get(name, 0.0))
    if formal:
        # A name of its own stands for a diminutive of another name only within its sex: Влада is no Владислав.
        sex = {sexes()[name] for name in formal}
        diminutive = {name: share for name, share in diminutive.items() if sexes()[name] in sex}
    return GivenReading(formal, diminutive)


@lru_cache(maxsize=1 << 17)
def is_given_name(text: str) -> bool:
    """Return whether a written word is a given name of the tables, or one of the dictionary that is no surname."""
    reading = read_given(text)
    if reading.formal or reading.diminutive:
        return True
    return has_given_skeleton(skeletons(text)[:4])


@lru_cache(maxsize=1 << 16)
def in_given_dictionary(text: str) -> bool:
    """Return whether the dictionary has a Cyrillic word, as it stands, among the given names."""
    return may_translate(fold(text), "given")


def given_classes(text: str) -> frozenset[str]:
    """Return all canonical (Ukrainian, lower-case) given names the written form may stand for, diminutives included."""
    return read_given(text).classes


@lru_cache(maxsize=1 << 17)
def best_class(text: str) -> str:
    """Return the most likely class of a written given name: formal before diminutive, else `''`."""
    reading = read_given(text)
    if reading.formal:
        return min(reading.formal, key=lambda name: (-reading.formal[name], name))
    if reading.diminutive:
        weight = frequencies()
        return min(reading.diminutive, key=lambda n: (-reading.diminutive[n], -weight.get(n, 0.0), n))
    return ""
