"""Errors of the registry: what went wrong, where, and how to mend it.

    RegistryError                what, where, mend (transliteration.errors.MendableError)
    ├── DatabaseUnreachable      the database cannot be started or reached
    ├── EvidenceError            bytes are missing, damaged or cannot be stored
    ├── IngestError              a batch cannot be stored
    ├── ReviewError              a rule of reviewing refuses; `code` names it
    └── UnknownIdentity          no verified identity has this id

No message ever carries a value of a record: PostgreSQL's own messages quote the failing row, so they are replaced by
their SQLSTATE and the names of the table and constraint (`without_payload`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import Error as DjangoDatabaseError

from transliteration.errors import MendableError


class RegistryError(MendableError):
    """A fault of the registry that a person can mend."""

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return ". ".join(part.rstrip(".") for part in (self.what.rstrip(".") + place, self.mend) if part)


class DatabaseUnreachable(RegistryError):
    """The database cannot be started or reached."""


class EvidenceError(RegistryError):
    """Evidence bytes are missing, damaged or cannot be stored."""


class IngestError(RegistryError):
    """A batch cannot be stored; nothing of it was kept."""


class ReviewError(RegistryError):
    """A verdict, reservation or queue request is refused; `code` says which rule refused it."""

    def __init__(self, code: str, what: str, mend: str = "") -> None:
        self.code = code
        super().__init__(what, "", mend)

    def __reduce__(self) -> tuple[Any, ...]:
        """Come whole out of another process."""
        return type(self), (self.code, self.what, self.mend)


class UnknownIdentity(RegistryError):
    """No verified identity has this id."""


@contextmanager
def without_payload(doing: str, error: type[RegistryError] = RegistryError) -> Iterator[None]:
    """Turn a database error into a `RegistryError` that names the rule broken but none of the values.

    Args:
        doing: What was being done, for the message.
        error: The class to raise.
    """
    try:
        yield
    except (DjangoDatabaseError, psycopg.Error) as caught:
        raise error(
            f"{doing} failed: {describe(caught)}", "", "Nothing was stored; mend the cause and run it again"
        ) from None


def describe(caught: BaseException) -> str:
    """Name a database error by SQLSTATE, table and constraint, without the values that PostgreSQL quotes."""
    source = caught if isinstance(caught, psycopg.Error) else caught.__cause__
    if not isinstance(source, psycopg.Error):
        return type(caught).__name__
    parts = [
        type(source).__name__,
        source.sqlstate or "",
        source.diag.table_name or "",
        source.diag.constraint_name or "",
    ]
    return " ".join(part for part in parts if part)
