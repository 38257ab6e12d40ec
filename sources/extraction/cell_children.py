"""From a row whose cells name several children to one record for each of them."""

from __future__ import annotations

from typing import Final

from sources.extraction.cell_splitting import Written
from sources.extraction.extracted import Extracted, Problem
from sources.fields import CHILD_FIELDS, LIST_FIELDS
from transliteration import given_classes

_NAME_WORDS: Final = 4  # of one name


def children_of_cell(item: Extracted, *, siblings: bool) -> list[Extracted] | Problem:
    """Return a record for each child that `split` found in a row; the row itself when it tells of one.

    A field with as many parts as there are children gives each child its part; a field that was not cut holds for all.
    The key is the row's own with `/1`, `/2`, …, and the locator gains `part`. Parts that do not go together make a
    problem: nobody can say whose they are.

    Args:
        item: The row.
        siblings: The children of one row are brothers and sisters: each gets the names of the others.
    """
    item = _whole_names(item)
    count = max((len(value) for name in CHILD_FIELDS if isinstance(value := item.written.get(name), list)), default=1)
    if count < 2:
        return [item]
    cut = {
        name: len(value)
        for name, value in item.written.items()
        if isinstance(value, list) and (name not in LIST_FIELDS or name in CHILD_FIELDS)
    }
    wrong = sorted(name for name, parts in cut.items() if parts != count)
    if wrong:
        reason = f"{count} children, but {', '.join(f'{cut[name]} parts in {name}' for name in wrong)}"
        return Problem(item.locator, "parts_differ", reason, item.written)
    found = []
    for number in range(count):
        written = _part(item.written, cut, number)
        if siblings and (others := _others(item.written, number, count)):
            known = written.get("siblings", [])
            written["siblings"] = [*(known if isinstance(known, list) else [known]), *others]
        found.append(
            item._replace(
                key=f"{item.key}/{number + 1}",
                locator=item.locator._replace(part=number + 1),
                written=written,
                mapped=_part(item.mapped, cut, number),
            )
        )
    return found


def _whole_names(item: Extracted) -> Extracted:
    """Join the parts of a full name that only a line's end cut: a surname alone names no child."""
    parts = item.written.get("full_name")
    if isinstance(parts, str) and "\n" in parts:
        parts = [part.strip() for part in parts.split("\n") if part.strip()]
    if not isinstance(parts, list) or not 1 < len(parts) <= _NAME_WORDS:
        return item
    words = [part.split() for part in parts]
    if (
        len(words[0]) > 1
        or given_classes(parts[0])
        or sum(map(len, words)) > _NAME_WORDS
        or any("," in p for p in parts)
    ):
        return item
    if not any(given_classes(word) for word in words[1][:1]):
        return item
    mapped = {name: value for name, value in item.mapped.items() if name != "full_name"}
    return item._replace(written={**item.written, "full_name": " ".join(parts)}, mapped=mapped)


def _part(fields: Written, cut: dict[str, int], number: int) -> Written:
    """Return the fields of one child; a part that is a gap is no field."""
    own = {name: value[number] if name in cut else value for name, value in fields.items()}
    return {name: value for name, value in own.items() if value}


def _others(fields: Written, number: int, count: int) -> list[str]:
    """Return the names of the other children of the row."""
    names = [
        " ".join(str(value[other]) for name in CHILD_FIELDS if isinstance(value := fields.get(name), list))
        for other in range(count)
    ]
    return [name.strip() for other, name in enumerate(names) if other != number and name.strip()]
