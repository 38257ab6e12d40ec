"""Explanations as small rows: a byte of level and two bytes of bits for each field, read by a layout that stands once.

A row of `levels` holds one byte a field. A row of `bits` holds little-endian int16 in hundredths of a bit: first the
scenario's, then one a field. The layout says what a byte is called:

    {"fields": [{"field": name, "levels": {byte: [code, sentence, level]}}, …], "scenario": [code, sentence]}

`level` is left out where it is the byte itself. Pure: no database; migrations use it too, so it only ever grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

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
