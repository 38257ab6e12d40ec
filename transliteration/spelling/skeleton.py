"""The spelling-neutral skeleton: one phonemic alphabet for Ukrainian, Russian and every Latin spelling.

Letters of the skeleton: vowels `a e i o u`; consonants as in Latin, with `Z` for ж, `S` for ш, `C` for ч, `c` for ц,
`h` for х and `g` for г/ґ; щ is `SC`. The folding takes away what the spellings of one name differ in: и/і/ї/й/ы become
one `i`, iotation before `e` goes, ё/йо/ьо become `e`, `o` after a hushing sound becomes `e`; soft signs, apostrophes
and doubled letters go.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

from transliteration.spelling.latin_orthographies import latin_readings
from transliteration.text.scripts import fold, has_cyrillic, has_latin

_CYRILLIC = str.maketrans(
    {
        **dict(zip("абвгґдежзиіїйклмнопрстуфхцчшыэ", "abvggdeZziiiiklmnoprstufhcCSie", strict=True)),
        **{"є": "e", "ё": "io", "щ": "SC", "ъ": "", "ь": "", "ю": "iu", "я": "ia", "'": "", "ў": "v"},
        **dict(zip("ғқңүұөәһҳ", "gknuuoahh", strict=True)),
    }
)
_NOT_SKELETON = re.compile("[^abcdefghiklmnoprstuvzCSZ]")
_NOT_LETTER = re.compile(r"[^\w' -]|[\d_]")
_DOUBLE = re.compile(r"(.)\1+")
_HUSHED = re.compile("(?<=[CSZ])[oi]?o")
_HUSHED_SOFT = re.compile("(?<=[CSZc])i(?=[au])")
_IOTATED = re.compile("i[eo]")
_TO_FOLD = re.compile(r"(.)\1|i[eo]|ts|sC|[CSZ]o|[CSZc]i[au]")
"""What any of the steps of folding changes: most strings have none of it, and one search tells."""
MAX_READINGS = 24
_TWINS = str.maketrans("aceiopxykbhmt", "асеіорхуквнмт")
_ALL_TWINS = re.compile("[aceiopxykbhmt]{3,}")


def squeeze(raw: str) -> str:
    """Fold a raw phonemic string to a skeleton."""
    if _TO_FOLD.search(raw) is None:
        return raw
    text = raw.replace("ts", "c").replace("sC", "SC") if "ts" in raw or "sC" in raw else raw
    text = _DOUBLE.sub(r"\1", text)
    text = _IOTATED.sub("e", text)
    text = _HUSHED.sub("e", text)
    text = _HUSHED_SOFT.sub("", text)
    return _DOUBLE.sub(r"\1", text)


def _cyrillic_skeleton(token: str) -> str:
    mixed = token.replace("ьо", "ё").translate(_CYRILLIC)
    if _NOT_SKELETON.search(mixed):
        mixed = _NOT_SKELETON.sub(lambda m: _ascii_letters(m[0]), mixed)
    return squeeze(mixed)


def _ascii_letters(letter: str) -> str:
    plain = anyascii(letter).lower()
    return "".join({"w": "v", "y": "i", "j": "i", "q": "k", "x": "ks"}.get(c, c) for c in plain if "a" <= c <= "z")


@lru_cache(maxsize=1 << 18)
def skeletons(token: str) -> tuple[str, ...]:
    """Return the skeletons a written token may stand for, the most likely first; empty when it has no letters.

    A Cyrillic token has one (two with ьо); a Latin token has one for each plausible reading in each orthography it
    could be written in (at most `MAX_READINGS`). Any other script goes through `anyascii`.
    """
    text = _NOT_LETTER.sub("", fold(token)).replace("-", "").replace(" ", "")
    if not text:
        return ()
    if has_cyrillic(text):
        found: tuple[str, ...] = (_cyrillic_skeleton(text),)
        if "ьо" in text:
            # KMU 55 drops the soft sign, so that ьо may stand as a plain o.
            found = (*found, _cyrillic_skeleton(text.replace("ьо", "о")))
    else:
        latin = text if has_latin(text) else anyascii(text).lower()
        readings = (_NOT_SKELETON.sub("", raw) for raw in latin_readings(latin, MAX_READINGS))
        found = tuple(dict.fromkeys(map(squeeze, readings)))
        if text == latin and _ALL_TWINS.fullmatch(text):
            # Every letter has a Cyrillic twin: the word may be Cyrillic, typed with a Latin keyboard.
            found = tuple(dict.fromkeys((*found[: MAX_READINGS - 1], _cyrillic_skeleton(text.translate(_TWINS)))))
    return tuple(s for s in found if s)


def skeleton(token: str) -> str:
    """Return the most likely skeleton of a token, `''` when it has no letters."""
    found = skeletons(token)
    return found[0] if found else ""
