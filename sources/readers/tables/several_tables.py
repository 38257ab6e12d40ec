"""Several tables in one file, of which some may be other lists: sheets, or tables of a page or a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sources.errors import SourceError
from sources.read_items import ReadItem, ReadProblem, ReadReport
from sources.readers.tables.header import MissingColumns
from sources.readers.tables.raw_row import RawRow
from sources.readers.tables.table import Table


class SeveralTables:
    """Reads the tables that have the columns, and notes those that have none of them.

    Args:
        report: Where the others are noted.
        all_named: The description names each table, so that one without the columns is an error.
    """

    def __init__(self, report: ReadReport, *, all_named: bool = False) -> None:
        self._report, self._all_named = report, all_named
        self._without: MissingColumns | None = None
        self._read_any = False

    def read(self, table: Table, rows: Iterable[RawRow | ReadProblem]) -> Iterator[ReadItem]:
        """Yield the rows of a table, none where it is another list.

        Raises:
            SourceError: the table has some of the columns and lacks others, or is named by the description.
        """
        try:
            yield from table.read(rows)
            self._read_any = True
        except MissingColumns as missing:
            if missing.found or self._all_named:
                raise missing.error() from None
            self._without = self._without or missing
            self._report.notes.append(f"{table.at} has none of the columns and is not read")

    def require(self, otherwise: SourceError) -> None:
        """Make sure that some table was read.

        Args:
            otherwise: The error when there was no table at all.

        Raises:
            SourceError: no table has the columns, or there is none.
        """
        if not self._read_any:
            raise self._without.error() if self._without else otherwise
