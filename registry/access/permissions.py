"""What each role may do: `registry/access/data/permissions.tsv` is the rule, and `may` the one place that reads it.

A right opens actions and pages. Which fields of a record a role sees is another table (`field_access`).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from registry.errors import ReviewError
from registry.models import Role, User

JUDGE = "judge"
ADJUDICATE = "adjudicate"
IDENTITIES = "identities"
QUALITY = "quality"
TESTIMONY = "testimony"
DOCUMENTS = "documents"
EXPORT_REQUEST = "export.request"
EXPORT_DECIDE = "export.decide"
CONSUMERS_ASK = "consumers.ask"
CONSUMERS_DECIDE = "consumers.decide"
ERASE_ASK = "erase.ask"
ERASE_DECIDE = "erase.decide"
HOLDS = "holds"
ACCOUNTS = "accounts"
AUDIT = "audit"
TRANSFERS = "transfers"
OUTCOMES = "outcomes"
LOOKUP = "lookup"


def may(user: User, right: str) -> bool:
    """Tell whether a person has a right; a closed account has none.

    Raises:
        KeyError: The table has no such right.
    """
    return user.is_active and user.role in table()[right]


def require(user: User, right: str) -> None:
    """Refuse whoever lacks a right.

    Raises:
        ReviewError: With the code `role`.
    """
    if not may(user, right):
        roles = " or ".join(sorted(table()[right]))
        raise ReviewError("role", f"This account may not {meaning(right)}", f"Ask somebody with the role {roles}")


@cache
def table() -> dict[str, frozenset[str]]:
    """Return the roles that have each right."""
    return {right: frozenset(role for role in Role.values if row[role] == "yes") for right, row in _rows().items()}


def meaning(right: str) -> str:
    """Say what a right allows, in English, as the table does."""
    return _rows()[right]["meaning"]


@cache
def _rows() -> dict[str, dict[str, str]]:
    text = files("registry.access").joinpath("data", "permissions.tsv").read_text(encoding="utf-8")
    return {row["right"]: row for row in csv.DictReader(text.splitlines(), delimiter="\t")}
