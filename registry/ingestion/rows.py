"""What a reader hands to the registry: rows that became records, and rows that could not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sources.extraction.children import Child
from sources.extraction.extracted import Problem
from sources.locator import Locator


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A row that became a record.

    Attributes:
        key: The source's own key of the row.
        observed_on: The date for which the row speaks.
        locator: Where in the evidence it stands; never empty.
        language: `uk`, `ru`, `en`, … as the letters of the row show it, else as its list states it.
        written: Field to value as written (a string, or a list of strings).
        values: Normalised values.
        romanised: Field to romanised form.
        corrected: Fields whose values a person put in.
    """

    key: str
    observed_on: date | None
    locator: Locator
    language: str
    written: Mapping[str, Any]
    values: Mapping[str, Any]
    romanised: Mapping[str, str] = field(default_factory=dict)
    corrected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewQuarantine:
    """A row that could not become a record; `reason` never quotes the row, `key` is its own key where that is readable.

    `file` is the name of the delivered file it stands in, if known. Names of files may hold names of people, so it is
    kept with the row's content only.
    """

    locator: Locator
    reason_code: str
    reason: str
    written: Mapping[str, Any]
    file: str = ""
    key: str = ""


def of_children(found: Iterable[Child | Problem], file: str) -> Iterator[NewRecord | NewQuarantine]:
    """Yield what the registry stores of the children of a reading, and of what cannot become a record.

    Args:
        found: As `children_in` yields them.
        file: Name of the delivered file.
    """
    for child in found:
        if isinstance(child, Problem):
            yield NewQuarantine(child.locator, child.reason_code, child.reason, child.written, file, child.key)
        else:
            item, meant = child.item, child.meant
            yield NewRecord(
                item.key,
                child.observed_on,
                item.locator,
                meant.language,
                item.written,
                meant.values,
                meant.romanised,
            )
