"""Cells that hold several things: cut into parts, each searched and translated as the description says."""

from __future__ import annotations

import re
from typing import Final

from sources.description.field_spec import FieldSpec
from sources.description.reader_options import compiled
from sources.fields import CHILD_FIELDS, LIST_FIELDS
from sources.readers.limits import PATTERN_CHARS

Written = dict[str, str | list[str]]

_LIST_SPLIT: Final = r"\s*[;\n]\s*"


class Splitter:
    """Cuts a text into parts, and takes `pattern` and `map` to each where the description says `split`.

    A part in which the pattern finds nothing stays as a gap, so that the parts of several fields keep their order.
    """

    def __init__(self, spec: FieldSpec, *, keeps_gaps: bool) -> None:
        self._cut = compiled(spec.split or _LIST_SPLIT)
        self._pattern = compiled(spec.pattern) if spec.split and spec.pattern else None
        self._values = {key.strip().casefold(): value for key, value in (spec.map or {}).items()}
        self._keeps_gaps = keeps_gaps

    def parts(self, text: str) -> list[str]:
        """Return the parts as they are written."""
        parts = [part.strip() for part in self._cut.split(text) if part and part.strip()]
        if self._pattern is not None:
            parts = [searched(self._pattern, part) for part in parts]
        return parts if self._keeps_gaps else [part for part in parts if part]

    def meanings(self, parts: list[str]) -> list[str]:
        """Return the parts as `map` says them."""
        return [self._values.get(part.casefold(), part) for part in parts] if self._values else parts


def searched(pattern: re.Pattern[str], text: str) -> str:
    """Return what a pattern finds in a text: the first group that matched, or the whole match; '' for nothing."""
    hit = pattern.search(text[:PATTERN_CHARS])
    return next((part for part in hit.groups() if part), hit[0]).strip() if hit else ""


def close_gaps(written: Written, mapped: Written) -> None:
    """Leave lists as they are where a row names several children; else one part is a text, and gaps go."""
    if any(isinstance(written.get(name), list) and len(written[name]) > 1 for name in CHILD_FIELDS):
        return
    for fields in (written, mapped):
        for name, value in list(fields.items()):
            if isinstance(value, list) and name not in LIST_FIELDS:
                filled = [part for part in value if part]
                fields[name] = filled[0] if len(filled) == 1 else filled
