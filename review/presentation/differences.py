"""Which letters of two written values differ, so that the eye of a verifier goes there first.

Words are paired before letters are compared, so that a swapped order of surname and given name marks nothing. Case
never counts as a difference. What only one side says is not marked either: an initial that agrees with a name, a
patronymic the other leaves out, an abbreviation such as `вул.`; it says more or less, it does not contradict.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")
_ALIGNED = 0.5
"""Two words with a smaller share of common letters are marked whole: scattered single marks would be noise."""


@dataclass(frozen=True)
class Segment:
    """A stretch of text that is wholly the same on the other side, or wholly different."""

    text: str
    differs: bool


def differences(left: str, right: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Split both texts into segments that agree and segments that differ.

    Args:
        left: A value as written.
        right: The value it is compared with, in the same script.

    Returns:
        The segments of each side; joined, they give the text back unchanged.
    """
    if left == right:
        return (Segment(left, differs=False),) * bool(left), (Segment(right, differs=False),) * bool(right)
    words = _WORDS.findall(left), _WORDS.findall(right)
    partners = _pair_words(*words)
    reverse = {there: here for here, there in partners.items()}
    contradict = _says_something(words[0], partners) and _says_something(words[1], reverse)
    return (
        _merge([s for i, word in enumerate(words[0]) for s in _word(word, _at(words[1], partners.get(i)), contradict)]),
        _merge([s for i, word in enumerate(words[1]) for s in _word(word, _at(words[0], reverse.get(i)), contradict)]),
    )


def script(text: str) -> str:
    """Name the script of most letters of a text in lower case, as `cyrillic` or `latin`; '' without letters."""
    counts: dict[str, int] = {}
    for letter in filter(str.isalpha, text):
        name = unicodedata.name(letter, "?").split(" ", 1)[0].lower()
        counts[name] = counts.get(name, 0) + 1
    return max(counts, key=lambda name: counts[name]) if counts else ""


def _at(words: list[str], index: int | None) -> str | None:
    return None if index is None else words[index]


def _says_something(words: list[str], partners: dict[int, int]) -> bool:
    """Tell whether a side has a word of its own, beyond abbreviations."""
    return any(i not in partners and _core(word) and not _is_abbreviation(word) for i, word in enumerate(words))


def _is_abbreviation(word: str) -> bool:
    return word.endswith(".") and len(word) <= 5 and word[:1].islower()


def _clusters(word: str) -> list[str]:
    """Split a word into letters with their combining marks."""
    clusters: list[str] = []
    for letter in word:
        if clusters and unicodedata.combining(letter):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters


def _folded(word: str) -> list[str]:
    return [unicodedata.normalize("NFC", cluster).casefold() for cluster in _clusters(word)]


def _core(word: str) -> list[str]:
    """Return the folded letters without punctuation at either end."""
    folded = _folded(word)
    while folded and not folded[-1][0].isalnum():
        folded.pop()
    while folded and not folded[0][0].isalnum():
        folded.pop(0)
    return folded


def _is_initial_of(one: list[str], other: list[str]) -> bool:
    return len(one) == 1 and len(other) > 1 and one[0].isalpha() and one[0] == other[0]


def _likeness(one: list[str], other: list[str]) -> float:
    """Return the share of common letters; 0 where it cannot reach `_ALIGNED`, without counting them."""
    if one == other:
        return 1.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIGNED else 0.0


def _pair_words(left: list[str], right: list[str]) -> dict[int, int]:
    """Pair words of both sides, the most alike first; quadratic in words, of which a value has few."""
    cores = [_core(word) for word in left], [_core(word) for word in right]
    scored: list[tuple[float, int, int, int]] = []
    for i, one in enumerate(cores[0]):
        for j, other in enumerate(cores[1]):
            if not one or not other:
                continue
            likeness = _likeness(one, other)
            if _is_initial_of(one, other) or _is_initial_of(other, one):
                likeness = max(likeness, _ALIGNED)
            if likeness >= _ALIGNED:
                scored.append((-likeness, abs(i - j), i, j))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, i, j in sorted(scored):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _word(word: str, partner: str | None, contradict: bool) -> list[Segment]:
    core = _core(word)
    if not core:
        return [Segment(word, differs=False)]
    if partner is None:
        return [Segment(word, differs=contradict and not _is_abbreviation(word))]
    other = _core(partner)
    if _is_initial_of(core, other) or _is_initial_of(other, core):
        return [Segment(word, differs=False)]
    clusters, folded = _clusters(word), _folded(word)
    start = next(i for i in range(len(folded)) if folded[i : i + len(core)] == core)
    segments = [Segment("".join(clusters[:start]), differs=False)]
    for tag, i1, i2, _, _ in SequenceMatcher(None, core, other, autojunk=False).get_opcodes():
        segments.append(Segment("".join(clusters[start + i1 : start + i2]), differs=tag != "equal"))
    segments.append(Segment("".join(clusters[start + len(core) :]), differs=False))
    return segments


def _merge(segments: list[Segment]) -> tuple[Segment, ...]:
    merged: list[Segment] = []
    for segment in segments:
        if not segment.text:
            continue
        if merged and merged[-1].differs == segment.differs:
            merged[-1] = Segment(merged[-1].text + segment.text, segment.differs)
        else:
            merged.append(segment)
    return tuple(merged)
