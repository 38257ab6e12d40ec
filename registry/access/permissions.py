"""What each role may do; `registry/access/data/rights.tsv` is the rule."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from registry.errors import ReviewError
from registry.models import Role, User

JUDGE = "judge"
ADJUDICATE = "adjudicate"
QUALITY = "quality"
TESTIMONY = "testimony"
DOCUMENTS = "documents"
EXPORT_REQUEST = "export.request"
EXPORT_DECIDE = "export.decide"
ACCOUNTS = "accounts"
AUDIT = "audit"


def may(user: User, right: str) -> bool:
    """Tell whether a person has a right; a closed account has none."""
    return user.is_active and user.role in table()[right]


def require(user: User, right: str) -> None:
    """Refuse whoever lacks a right.

    Raises:
        ReviewError: With the code `role`.
    """
    if not may(user, right):
        raise ReviewError("role", "This account's role does not have this right")


@cache
def table() -> dict[str, frozenset[str]]:
    """Return the roles that have each right."""
    text = files("registry.access").joinpath("data", "rights.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {row["right"]: frozenset(role for role in Role.values if row[role] == "yes") for row in rows}
