"""Which encoding a text file is in: by BOM, UTF-16, UTF-8 with or without damage, and the one-byte sets of the region.

General detectors guess short Cyrillic lists wrongly: cp1251, KOI8-U and cp866 all give letters. Here each candidate is
scored by how frequent its letters are in Ukrainian and Russian, and by how case falls within words.
"""

from __future__ import annotations

import codecs
import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TextIO

from sources.readers.files import SourceFile
from sources.readers.kinds import wide_side

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ONE_BYTE: Final = ("cp1251", "koi8-u", "cp866", "cp1252", "cp1250", "iso8859-5", "mac-cyrillic")
_FREQUENT: Final = frozenset("оаеинтсрвлкмідпу")  # three quarters of Ukrainian and Russian running text
_CYRILLIC: Final = frozenset("абвгґдеєжзиіїйклмнопрстуфхцчшщьюяыэъё")
_LATIN: Final = frozenset("ąćęłńóśźżäöüßàâçéèêëîïôùûñčšžěřáíúýőű")
_MARKS: Final = frozenset("№«»—–’“”„… \xa0")
_CASE_BREAK: Final = re.compile(r"[а-яґєіїыэъё][А-ЯҐЄІЇЫЭЪЁ]")
_SAMPLE: Final = 1 << 18
_CHUNK: Final = 1 << 20
_META: Final = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
_SURROGATES: Final = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class Encoding:
    """An encoding, whether a BOM told it, and how many bytes of the file it cannot explain."""

    name: str
    bom: bool = False
    damaged: int = 0

    def __str__(self) -> str:
        return f"{self.name.removesuffix('-sig')} with BOM" if self.bom else self.name


def detect(file: SourceFile, declared: str = "auto") -> Encoding:
    """Find the encoding of a text file, reading it once as a stream.

    Undecodable bytes that are few are counted and left to the reader, which quarantines their rows.

    Raises:
        SourceError: the declared encoding is not that of the file.
    """
    head = next(_chunks(file), b"")
    for bom, name in _BOMS:
        if head.startswith(bom):
            if declared != "auto" and not declared.startswith(name.removesuffix("-sig")):
                raise _wrong(file, declared, name.removesuffix("-sig"))
            return Encoding(name, bom=True, damaged=_damage(file, name)[0])
    wide = _utf16(head)
    if wide and declared in ("auto", "utf-16", wide):
        return Encoding(wide, damaged=_damage(file, wide)[0])
    damaged, letters = _damage(file, "utf-8")
    is_utf8 = damaged * 20 <= letters
    if declared in ("auto", "utf-8", "utf-8-sig"):
        if is_utf8:
            return Encoding("utf-8", damaged=damaged)
        best = _best_one_byte(_sample(file))
        if declared == "auto":
            return Encoding(best)
        raise _wrong(file, declared, best)
    if letters and is_utf8 and damaged == 0:
        raise _wrong(file, declared, "utf-8")
    damaged, letters = _damage(file, declared)
    if damaged * 20 > letters:
        raise _wrong(file, declared, wide or _best_one_byte(_sample(file)))
    if declared in _ONE_BYTE:
        sample = _sample(file)
        best = _best_one_byte(sample)
        if sample and best != declared and _score(sample, best) > _score(sample, declared) + 0.25:
            raise _wrong(file, declared, best)
    return Encoding(declared, damaged=damaged)


def open_text(file: SourceFile, coding: Encoding) -> TextIO:
    """Open a text file so that undecodable bytes come out as characters that mark their row as damaged."""
    wide = coding.name.startswith(("utf-16", "utf-32"))
    return file.path.open(encoding=coding.name, errors="replace" if wide else "surrogateescape", newline="")


def others(coding: Encoding) -> list[Encoding]:
    """Return the encodings that a short text in a one-byte set may be in as well; none for the others."""
    return [Encoding(name) for name in _ONE_BYTE if name != coding.name] if coding.name in _ONE_BYTE else []


def _wrong(file: SourceFile, declared: str, found: str) -> Exception:
    return file.error(
        f"the encoding of the file is not {declared}, as the description says; it looks like {found}",
        f"write `encoding: {found}` or `encoding: auto` under reader",
    )


def _chunks(file: SourceFile) -> Iterator[bytes]:
    with file.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _damage(file: SourceFile, name: str) -> tuple[int, int]:
    """Return how many bytes the encoding cannot explain, and how many non-ASCII characters it can."""
    wide = name.startswith(("utf-16", "utf-32"))
    decoder = codecs.getincrementaldecoder(name)("replace" if wide else "surrogateescape")
    damaged = letters = 0
    for chunk in _chunks(file):
        text = decoder.decode(chunk)
        if text.isascii():
            continue
        bad = text.count("\ufffd") if wide else _undecoded(text)
        damaged += bad
        letters += len(text) - len(text.encode("ascii", "ignore")) - bad
    return damaged, letters


def _undecoded(text: str) -> int:
    try:
        text.encode()  # four times as quick as looking for what it refuses
    except UnicodeEncodeError:
        return len(_SURROGATES.findall(text))
    return 0


def _utf16(head: bytes) -> str:
    """Name the UTF-16 form of text without BOM; '' when it is none."""
    side = wide_side(head)
    return "" if side is None else ("utf-16-be", "utf-16-le")[side]


def _sample(file: SourceFile) -> bytes:
    parts: list[bytes] = []
    for chunk in _chunks(file):
        parts += [line for line in chunk.splitlines(keepends=True) if not line.isascii()]
        if sum(map(len, parts)) > _SAMPLE:
            break
    return b"".join(parts)[:_SAMPLE]


def _best_one_byte(sample: bytes) -> str:
    return max(_ONE_BYTE, key=lambda name: _score(sample, name))


def _score(sample: bytes, name: str) -> float:
    """Return how much like words a sample reads, per non-ASCII character: about 0.8 in the right encoding."""
    text = sample.decode(name, "replace")
    total = count = 0.0
    for (before, char, after), times in Counter(zip(" " + text, text, text[1:] + " ", strict=False)).items():
        if char.isascii():
            continue
        count += times
        low = char.lower()
        beside_latin = (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
        if low in _CYRILLIC:
            total += times * (-1.0 if beside_latin else 1.0 if low in _FREQUENT else 0.4)
        elif low in _LATIN:
            total += times * (0.8 if beside_latin else -0.5)
        elif char not in _MARKS:
            total -= times
    return (total - 2.0 * len(_CASE_BREAK.findall(text))) / max(count, 1.0)


def of_page(file: SourceFile, declared: str) -> Encoding:
    """Find the encoding of a page: as declared, or by `meta charset` where the bytes bear it out, or by its content.

    Raises:
        SourceError: the declared encoding is not that of the page.
    """
    if declared == "auto" and (hit := _META.search(next(_chunks(file), b"")[:4096])):
        with contextlib.suppress(LookupError):
            named = codecs.lookup(hit[1].decode("ascii").lower()).name
            damaged, letters = _damage(file, named)
            if damaged * 20 <= letters:
                return Encoding(named, damaged=damaged)
    return detect(file, declared)
