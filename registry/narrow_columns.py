"""Columns of four bytes, for tables of which there are very many rows."""

from __future__ import annotations

from typing import Any

from django.db import models


class RealField(models.FloatField):  # type: ignore[type-arg]  # generic in the stubs alone
    """A number of some seven digits; PostgreSQL gives back the digits that were put in."""

    def db_type(self, connection: Any) -> str:
        """Return PostgreSQL's name of the type."""
        return "real"


class NarrowForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A reference in four bytes, to a table that will never have two thousand million rows."""

    def db_type(self, connection: Any) -> str:
        """Return PostgreSQL's name of the type."""
        return "integer"
