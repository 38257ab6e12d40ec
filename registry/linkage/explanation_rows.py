"""Explanations as small rows: a byte of level and two bytes of bits for each field, read by a layout that stands once.

A row of `levels` holds one byte a field. A row of `bits` holds little-endian int16 in hundredths of a bit: first the
scenario's, then one a field. The layout says what a byte is called:

    {"fields": [{"field": name, "levels": {byte: [code, sentence, level]}}, …], "scenario": [code, sentence],
     "unsaid": [byte, bits]}

`level` is left out where it is the byte itself. What is stored (`squeezed`) is one row that leaves out each field that
says what `unsaid` says: the scenario's bits, a bit for each field that is there, their levels, their bits. Most records
fill half of the fields, so that is half of the bytes.

Pure: no database; migrations use it too, so it only ever grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

NOT_SAID: Final = -128
"""The byte of a field that an explanation does not speak of."""

NO_BITS: Final = -(1 << 15)
"""Bits that an explanation does not state."""

HUNDREDTHS: Final = 100
BITS: Final = np.dtype("<i2")

Layout = Mapping[str, Any]
Reason = dict[str, Any]
_Meaning = tuple[Any, str, str]


def unpack(layout: Layout, levels: bytes, bits: bytes) -> list[Reason]:
    """Return what each field says: `field`, `level`, `bits`, `code`, `sentence`; the scenario last."""
    scenario, *hundredths = np.frombuffer(bits, BITS).tolist() or [NO_BITS]
    found = []
    for field, byte, worth in zip(layout["fields"], np.frombuffer(levels, np.int8).tolist(), hundredths, strict=False):
        if byte != NOT_SAID:
            code, sentence, level = _said(field, byte)
            found.append(_reason(field["field"], level, worth, code, sentence))
    if scenario != NO_BITS:
        found.append(_reason("scenario", 0, scenario, *layout["scenario"]))
    return found


def known_levels(layout: Layout, levels: bytes) -> dict[str, int]:
    """Return the level of each field that both records fill."""
    bytes_of = zip(layout["fields"], np.frombuffer(levels, np.int8).tolist(), strict=False)
    said = {field["field"]: _said(field, byte)[2] for field, byte in bytes_of if byte != NOT_SAID}
    return {name: level for name, level in said.items() if isinstance(level, int) and level >= 0}


def read(layout: Layout, stored: bytes) -> list[Reason]:
    """Return what each field says, as `unpack` does, from a stored row."""
    return unpack(layout, *_whole(layout, stored))


def own_level(layout: Layout, reason: Reason) -> Reason:
    """Return what a field says by its own level, whatever the scenario makes of it."""
    if reason["code"] != "replaced":
        return reason
    levels = next(field["levels"] for field in layout["fields"] if field["field"] == reason["field"])
    code, sentence, *_ = levels.get(str(reason["level"]), ("", ""))
    return reason | ({"code": code, "sentence": sentence} if code != "replaced" else {"code": "", "sentence": ""})


def stored_levels(layout: Layout, stored: bytes) -> dict[str, int]:
    """Return the level of each field that both records fill, from a stored row."""
    return known_levels(layout, _whole(layout, stored)[0])


def squeezed(
    layout: Layout, levels: npt.NDArray[np.int8], bits: npt.NDArray[np.int16]
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]]:
    """Yield `(positions, rows)` for each width of a stored row: `rows` are the bytes of the rows at these positions.

    Args:
        layout: What reads the rows.
        levels: `(rows, fields)`.
        bits: `(rows, 1 + fields)`, the scenario's first.
    """
    level, worth = _unsaid(layout)
    said = (levels != level) | (bits[:, 1:] != worth)
    filled = said.sum(axis=1)
    flags = np.packbits(said, axis=1, bitorder="little")
    for count in np.unique(filled).tolist():
        at = np.flatnonzero(filled == count)
        there = said[at]
        parts = (
            np.ascontiguousarray(bits[at, :1], BITS).view(np.uint8),
            flags[at],
            levels[at][there].reshape(len(at), count).view(np.uint8),
            np.ascontiguousarray(bits[at, 1:][there].reshape(len(at), count), BITS).view(np.uint8).reshape(len(at), -1),
        )
        yield at, np.concatenate(parts, axis=1)


def _whole(layout: Layout, stored: bytes) -> tuple[bytes, bytes]:
    """Return the levels and bits of all fields from a stored row."""
    if not stored:
        return b"", b""
    level, worth = _unsaid(layout)
    fields = len(layout["fields"])
    width = BITS.itemsize
    start = width + (fields + 7) // 8
    flags = np.frombuffer(stored[width:start], np.uint8)
    at = np.flatnonzero(np.unpackbits(flags, count=fields, bitorder="little"))
    levels, bits = np.full(fields, level, np.int8), np.full(1 + fields, worth, BITS)
    levels[at] = np.frombuffer(stored[start : start + len(at)], np.int8)
    bits[0] = np.frombuffer(stored[:width], BITS)[0]
    bits[1 + at] = np.frombuffer(stored[start + len(at) :], BITS)
    return levels.tobytes(), bits.tobytes()


def _unsaid(layout: Layout) -> tuple[int, int]:
    level, worth = layout.get("unsaid", (NOT_SAID, NO_BITS))
    return level, worth


def stored_bits(layout: Layout, stored: bytes) -> dict[str, float]:
    """Return the bits of each field that states them, without the scenario's, from a stored row."""
    worths = zip(layout["fields"], np.frombuffer(_whole(layout, stored)[1], BITS).tolist()[1:], strict=False)
    return {field["field"]: worth / HUNDREDTHS for field, worth in worths if worth != NO_BITS}


class Packer:
    """Packs explanations that are written out, and makes the layout that reads them as they come."""

    def __init__(self) -> None:
        self._said: dict[str, dict[_Meaning, int]] = {}
        self._scenario = ["scenario", ""]

    def pack(self, reasons: Iterable[Mapping[str, Any]]) -> tuple[bytes, bytes]:
        """Return the levels and the bits of one explanation."""
        levels, bits = {}, {}
        for reason in reasons:
            field, code, sentence = (str(reason.get(name, "")) for name in ("field", "code", "sentence"))
            worth = reason.get("bits")
            bits[field] = NO_BITS if worth is None else round(float(worth) * HUNDREDTHS)
            if field == "scenario":
                self._scenario = [code, sentence]
                continue
            said = self._said.setdefault(field, {})
            meaning = (reason.get("level", ""), code, sentence)
            if meaning not in said:
                said[meaning] = _free_byte(meaning[0], set(said.values()))
            levels[field] = said[meaning]
        order: Sequence[str] = list(self._said)
        row = np.array([levels.get(field, NOT_SAID) for field in order], np.int8)
        worths = np.array([bits.get(field, NO_BITS) for field in ("scenario", *order)], BITS)
        return row.tobytes(), worths.tobytes()

    @property
    def layout(self) -> dict[str, Any]:
        """What reads all rows that were packed so far; rows of before are shorter, and read as they are."""
        fields = [
            {
                "field": field,
                "levels": {str(byte): [code, sentence, level] for (level, code, sentence), byte in said.items()},
            }
            for field, said in self._said.items()
        ]
        return {"fields": fields, "scenario": self._scenario}


def _said(field: Mapping[str, Any], byte: int) -> tuple[str, str, Any]:
    code, sentence, *level = field["levels"][str(byte)]
    return code, sentence, level[0] if level else byte


def _free_byte(level: Any, used: set[int]) -> int:
    """Return a byte for a meaning: the level itself where that is free."""
    if isinstance(level, int) and -100 < level < 100 and level not in used:
        return level
    return next(byte for byte in range(127, NOT_SAID, -1) if byte not in used)


def _reason(field: str, level: Any, hundredths: int, code: str, sentence: str) -> Reason:
    bits = None if hundredths == NO_BITS else hundredths / HUNDREDTHS
    return {"field": field, "level": level, "bits": bits, "code": code, "sentence": sentence}
