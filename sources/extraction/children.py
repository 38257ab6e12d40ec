"""From the rows of a list to the children they tell of: what is written of each, and what it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from sources.description.source_config import SourceConfig
from sources.extraction.cell_children import children_of_cell
from sources.extraction.extracted import Extracted, Problem
from sources.extraction.normalise import Normalised, normalise
from sources.extraction.reading import SourceReading
from sources.extraction.text_children import NamedChild, children_of_text
from transliteration.dates import DateError, parse_date


class Child(NamedTuple):
    """One child of one row.

    Attributes:
        item: What is written, under its key and locator.
        observed_on: When the source saw the child.
        meant: What it means.
    """

    item: Extracted
    observed_on: date | None
    meant: Normalised


Progress = Callable[[int], None]
_WITH_TIME = re.compile(r"\s*([\d./-]{6,10})[ T,]+\d{1,2}:\d\d")
_EVERY = 500  # rows between two calls of a progress bar: often enough to move, too seldom to cost


def children_in(reading: SourceReading, progress: Progress | None = None) -> Iterator[Child | Problem]:
    """Yield the children of a whole reading, and what goes to quarantine, in the file's order.

    A row whose text names nobody is declared non-data: counted, and still in the evidence.

    Args:
        reading: One file, read by its description.
        progress: Called with the number of rows so far, now and then.

    Raises:
        SourceError: the file cannot be used; nothing that was yielded before may then be kept.
    """
    for number, item in enumerate(reading):
        if progress is not None and number % _EVERY == 0:
            progress(number)
        found = list(children_of(item, reading.config))
        reading.counts.non_data += not found
        yield from found


def children_of(item: Extracted | Problem, config: SourceConfig) -> Iterator[Child | Problem]:
    """Yield the child of a row, or each child whom its cells or its text name; none for a text about a group.

    A child whose fields cannot be interpreted comes out as a problem for quarantine; a row that is one stays one.
    """
    if isinstance(item, Problem):
        yield item
        return
    day = observed_on(item)
    if config.finds_mentions:
        found = children_of_text(item, day)
    else:
        parts = children_of_cell(item, siblings=config.derived.cell_siblings)
        if isinstance(parts, Problem):
            yield parts
            return
        found = [NamedChild(part, None) for part in parts]
    for named in found:
        record = named.item
        try:
            meant = normalise(
                record.meant,
                observed_on=day,
                language=record.language,
                name_order=config.derived.full_name_order,
                pseudonymised=config.names_pseudonymised,
                birth=named.birth,
                doubts=record.doubts,
                settled=record.settled,
            )
        except (ValueError, TypeError, RecursionError) as error:
            reason = f"a field cannot be interpreted ({type(error).__name__})"
            yield Problem(record.locator, "not_normalised", reason, record.written, record.key)
        else:
            yield Child(record, day, meant)


def observed_on(item: Extracted) -> date | None:
    """Return the day of an item's `observed_on`, the last one where it names a span; None when it cannot be read.

    Lists are written on a first of January too: only in births does that day stand for a year.
    """
    if not item.observed_on:
        return None
    language = item.language if item.language in ("uk", "ru", "en") else None
    if "observed_month_first" in item.settled:
        language = "en-us"
    text = item.observed_on[:40]
    if timed := _WITH_TIME.match(text):  # 2023/05/01 10:00:00 ДП GMT+3
        text = timed[1]
    try:
        seen = parse_date(text, language=language)
    except DateError:
        return None
    return seen.start if "placeholder" in seen.flags else seen.end
