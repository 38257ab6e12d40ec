"""What a row gives: a record as written, or a problem for quarantine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from sources.extraction.cell_splitting import Written
from sources.locator import Locator

_NOTHING: Final[Written] = {}


class Extracted(NamedTuple):
    """One record as written: the source's key, where it stands, and the text of each field that is filled.

    `locator` has, under `cells`, the place of each field's value. `observed_on` is text ('' when unknown), ISO where
    the file knows real dates. `language` is a code, or 'mixed'. `mapped` holds the values that the description's `map`
    gives to written ones, such as `m` for `чоловіча`. `doubts` are codes of what the row's form or its column makes
    doubtful; `settled` are doubts of single values that the column settles.
    """

    key: str
    locator: Locator
    written: Written
    observed_on: str
    language: str
    mapped: Written = _NOTHING
    doubts: tuple[str, ...] = ()
    settled: frozenset[str] = frozenset()

    @property
    def meant(self) -> Written:
        """Return the fields with what the description's `map` says of them in place of what is written."""
        return {**self.written, **self.mapped} if self.mapped else self.written


class Problem(NamedTuple):
    """A row for quarantine; `reason` holds no value of the row, `key` is its own key where that could be read."""

    locator: Locator
    reason_code: str
    reason: str
    written: Written
    key: str = ""


@dataclass
class Counts:
    """Rows read = records + quarantined + non_data, at every moment of the reading."""

    rows_read: int = 0
    records: int = 0
    quarantined: int = 0
    non_data: int = 0
