"""How a Latin spelling may be read, in the orthographies of English, German, Polish, French and other press."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

from anyascii import anyascii

from transliteration import tables

_SIGNS = re.compile("[^a-z\u00df-\u024f\u0250-\u02af\u1e00-\u1eff]")
_PER_ORTHOGRAPHY = 12


@dataclass(frozen=True, slots=True)
class Orthography:
    """A way to write East Slavic names in Latin letters: its graphemes and the marks that speak for or against it."""

    name: str
    requires: re.Pattern[str] | None
    forbids: re.Pattern[str] | None
    telling: re.Pattern[str] | None
    pattern: re.Pattern[str]
    readings: dict[str, tuple[str, ...]]

    def may_be(self, token: str) -> bool:
        """Return whether a lower-case token can be written in this orthography."""
        if self.forbids is not None and self.forbids.search(token):
            return False
        return self.requires is None or self.requires.search(token) is not None

    def is_told(self, token: str) -> bool:
        """Return whether a lower-case token has a mark that hardly any other orthography has."""
        return self.telling is not None and self.telling.search(token) is not None


@cache
def orthographies() -> tuple[Orthography, ...]:
    """Return the orthographies of `latin_orthographies.tsv`, the most common first."""
    shared = {
        r["grapheme"]: tuple(r["readings"].split("|"))
        for r in tables.rows("latin_graphemes")
        if r["orthography"] == "any"
    }
    made = []
    for row in tables.rows("latin_orthographies"):
        own = {
            r["grapheme"]: tuple(r["readings"].split("|"))
            for r in tables.rows("latin_graphemes")
            if r["orthography"] == row["orthography"]
        }
        readings = {**shared, **own}
        parts = sorted(readings, key=lambda g: (-len(g.rstrip("$")), not g.endswith("$"), g))
        pattern = re.compile("|".join(g.replace("$", r"\Z") for g in parts) + "|.", re.DOTALL)
        made.append(
            Orthography(
                row["orthography"],
                re.compile(row["requires"]) if row["requires"] else None,
                re.compile(row["forbids"]) if row["forbids"] else None,
                re.compile(row["telling"]) if row["telling"] else None,
                pattern,
                readings,
            )
        )
    return tuple(made)


def _products(slots: list[tuple[str, ...]], limit: int) -> list[str]:
    """Return up to `limit` readings, those that leave the fewest first choices first."""
    first = "".join(options[0] for options in slots)
    found = [first]
    open_slots = [i for i, options in enumerate(slots) if len(options) > 1]
    frontier: list[tuple[int, list[str]]] = [(0, [options[0] for options in slots])]
    while frontier and len(found) < limit:
        following = []
        for start, parts in frontier:
            for k in range(start, len(open_slots)):
                i = open_slots[k]
                for other in slots[i][1:]:
                    changed = [*parts[:i], other, *parts[i + 1 :]]
                    found.append("".join(changed))
                    following.append((k + 1, changed))
                    if len(found) >= limit:
                        return found
        frontier = following
    return found


def _plain_reading(piece: str, orthography: Orthography) -> tuple[str, ...]:
    """Return the reading of a letter no table knows: that of its ASCII form."""
    plain = piece if piece.isascii() else anyascii(piece).lower()
    return orthography.readings.get(plain) or (plain,)


def _read(token: str, orthography: Orthography) -> list[str]:
    readings = orthography.readings
    pieces = orthography.pattern.findall(token)
    slots = [readings.get(piece) or _plain_reading(piece, orthography) for piece in pieces]
    if last := readings.get(pieces[-1] + "$"):
        slots[-1] = last
    return _products(slots, _PER_ORTHOGRAPHY)


@lru_cache(maxsize=1 << 17)
def latin_readings(token: str, limit: int) -> tuple[str, ...]:
    """Return the distinct phonemic readings of a lower-case Latin token, the most likely first, at most `limit`."""
    plain = _SIGNS.sub("", token)
    if not plain:
        return ()
    found: dict[str, None] = {}
    possible = sorted((o for o in orthographies() if o.may_be(plain)), key=lambda o: not o.is_told(plain))
    readings = [iter(_read(plain, o)) for o in possible]
    # One reading of each orthography in turn, so that the limit cuts the unlikely ones of all of them.
    while readings and len(found) < limit:
        still = []
        for one in readings:
            nxt = list(islice(one, 1))
            if nxt:
                found.setdefault(nxt[0])
                still.append(one)
        readings = still
    return tuple(islice(found, limit))
