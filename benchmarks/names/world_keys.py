"""Keys for blocking on the fictional world: the share of spellings of a name they bring together, and at what cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

import jellyfish

from synthetic.corruption.typos import slip
from synthetic.population.latin import latin
from synthetic.population.people import FullName
from synthetic.world import World
from transliteration import Role, canonical_key, canonical_variants, phonetic_key, romanise, slip_keys

ROLES: tuple[Role, ...] = ("surname", "given", "patronymic")
SPELLINGS = ("Russian", "Latin", "one slip", "Russian, one slip")
Keys = Callable[[str, Role], Iterable[str]]


def _single(key: Callable[[str, Role], str]) -> Keys:
    return lambda text, role: filter(None, (key(text, role),))


KEYS: dict[str, Keys] = {
    "canonical key": _single(canonical_key),
    "canonical variants": canonical_variants,
    "phonetic key": _single(phonetic_key),
    "slip keys": slip_keys,
    # The peers: general phonetic codes, which know Latin letters alone, over the romanised form.
    "jellyfish Metaphone of KMU 55": _single(lambda text, role: jellyfish.metaphone(romanise(text))),
    "jellyfish NYSIIS of KMU 55": _single(lambda text, role: jellyfish.nysiis(romanise(text))),
}


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """What one kind of key does for one role.

    Attributes:
        key: the kind of key.
        role: the role of the names.
        recall: by kind of spelling (`SPELLINGS`): share of children whose other spelling shares a key with their own.
        buckets: number of buckets the children fall into.
        met: rows a row meets on average, itself left out, among `rows`.
        largest: rows in the largest bucket.
        rows: children counted.
    """

    key: str
    role: Role
    recall: tuple[float, ...]
    buckets: int
    met: float
    largest: int
    rows: int


def measure(children: int, seed: int = 7) -> list[KeyFigures]:
    """Return the figures of every kind of key and role over the children of a world."""
    names = [child.name for community in World(seed, children) for child in community.children]
    return [_figures(key, role, names, seed) for role in ROLES for key in KEYS]


def _figures(key: str, role: Role, names: Sequence[FullName], seed: int) -> KeyFigures:
    keys_of, at, rng = KEYS[key], ROLES.index(role), Random(f"keys/{role}/{seed}")
    buckets: dict[str, set[int]] = {}
    met = 0
    shared: Counter[str] = Counter()
    all_keys = []
    for row, name in enumerate(names):
        uk, ru = name.parts("uk")[at], name.parts("ru")[at]
        own = set(keys_of(uk, role))
        all_keys.append(own)
        for one in own:
            buckets.setdefault(one, set()).add(row)
        table = rng.choice(("kmu", "bgn_ru", "german", "polish", "french"))
        others = (ru, latin(ru if table == "bgn_ru" else uk, table), slip(uk, rng), slip(ru, rng))
        for spelling, text in zip(SPELLINGS, others, strict=True):
            shared[spelling] += not own.isdisjoint(keys_of(text, role))
    # Rows of one set of keys meet the same rows, so each distinct set is united once.
    for together, count in Counter(map(frozenset, all_keys)).items():
        met += count * (len(set().union(*(buckets[one] for one in together))) - 1) if together else 0
    return KeyFigures(
        key,
        role,
        tuple(shared[spelling] / len(names) for spelling in SPELLINGS),
        len(buckets),
        met / len(names),
        max(map(len, buckets.values()), default=0),
        len(names),
    )
