"""A first look at texts without tables: lists of lines, or articles in which names are looked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from sources.column_names import NAMING, field_of
from sources.drafting import labels
from sources.drafting.guess import Column
from sources.drafting.labels import LABELS
from sources.drafting.seen import Preview
from sources.readers.tables.label_cards import colon_pairs

# A line of a list: a number, a name, and a date or year of birth; the place after it.
LIST_LINE: Final = (
    r"^(?P<number>\d+)[.)]\s*(?P<full_name>[^,;\d]+?)[,;\s]+(?P<birth_date>\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4})"
    r"(?:\s*(?:р\.?\s?н|г\.?\s?р)\.?)?[,;\s]*(?P<rest>.*)$"
)
_ENOUGH: Final = 0.5


def look(reader: dict[str, Any], lines: Sequence[str], told: Sequence[str] = ()) -> Preview:
    """Tell lists of lines from articles."""
    filled = [line for line in lines if line.strip()]
    hits = [re.search(LIST_LINE, line) for line in filled]
    if filled and sum(hit is not None for hit in hits) >= _ENOUGH * len(filled):
        names = ("number", "full_name", "birth_date", "rest")
        columns = [Column(name, [hit[name] for hit in hits if hit]) for name in names]
        titles = [line for line, hit in zip(filled, hits, strict=True) if hit is None][:10]
        unit = "paragraphs" if reader["kind"] == "docx" else "lines"
        return Preview({**reader, "read": unit, "line": LIST_LINE}, columns, titles, titles, list(told))
    pairs = [pair for line in filled for pair in colon_pairs(line)]
    fields = {field_of(label) for label, _ in pairs}
    if len(fields) >= LABELS and fields & NAMING and len(pairs) * 2 > len(filled):
        columns = labels.columns_of([[line] for line in filled])
        return Preview({**reader, "read": "cards"}, columns, told=list(told))
    columns = [Column("text", ["\n".join(filled)]), Column("title")]  # a title names nobody: the text does
    return Preview({**reader, "read": "article"}, columns, filled[:3], [], list(told))
