"""Temporary tables through which many rows come into the registry at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self

from django.db import connection
from psycopg.sql import SQL, Composable, Identifier

CREATE = SQL("DROP TABLE IF EXISTS {table}; CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
CREATE_AS = SQL("DROP TABLE IF EXISTS {table}; CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}")


class StagingTable:
    """A temporary table that ends with the transaction.

    A subclass belongs to one module, which makes and fills it. An instance says that the table stands there: whoever
    reads it takes the instance as an argument, so that signatures tell who depends on whose rows.

    Attributes:
        name: The table's name.
        columns: Column to type, in the order of the table; what they hold is said in the subclass.
        joined_by: Columns of which the planner is told, all when empty: wide ones cost more than the rest together.
    """

    name: ClassVar[str]
    columns: ClassVar[Mapping[str, str]]
    joined_by: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def create(cls) -> Self:
        """Make the table anew, empty."""
        columns = SQL(", ").join(SQL("{} {}").format(Identifier(name), SQL(kind)) for name, kind in cls.columns.items())
        new = cls()
        _execute(CREATE.format(table=new.sql, name=Identifier(cls.name), columns=columns))
        return new

    @classmethod
    def create_from(cls, query: Composable, values: Mapping[str, Any] | None = None) -> Self:
        """Make the table anew from what a query selects; fresh statistics included."""
        new = cls()
        _execute(CREATE_AS.format(table=new.sql, name=Identifier(cls.name), query=query), values)
        new.analyse()
        return new

    @property
    def sql(self) -> Identifier:
        """The table's name as it is written in statements."""
        return Identifier("pg_temp", self.name)

    def fill(self, rows: Iterable[Sequence[Any]], columns: Sequence[str] = ()) -> None:
        """Copy rows into the table, read once as a stream, and tell the planner what it holds.

        Args:
            rows: Values in the order of the columns.
            columns: Names of the columns; all of them when empty.
        """
        names = SQL(", ").join(map(Identifier, columns or self.columns))
        statement = SQL("COPY {} ({}) FROM STDIN").format(self.sql, names)
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        self.analyse()

    def fill_binary(self, pieces: Iterable[bytes]) -> None:
        """Copy a stream in PostgreSQL's binary format (`registry.binary_copy`) into all columns of the table."""
        statement = SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(self.sql)
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for piece in pieces:
                copy.write(piece)
        self.analyse()

    def index(self, *expressions: Composable) -> None:
        """Make an index on columns or expressions."""
        _execute(SQL("CREATE INDEX ON {} ({})").format(self.sql, SQL(", ").join(expressions)))

    def analyse(self) -> None:
        """Tell the planner what the table holds now; due before a join after many of its rows have changed."""
        columns = SQL(", ").join(map(Identifier, self.joined_by))
        some = SQL("({})").format(columns) if self.joined_by else SQL("")
        _execute(SQL("ANALYZE {} {}").format(self.sql, some))


def _execute(statement: Composable, values: Mapping[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
