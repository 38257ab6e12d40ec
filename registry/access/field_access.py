"""Need to know: which role sees which class of fields. What a role may not see is withheld here, before it is shown.

Two tables are the rule: `sources/data/fields.tsv` says which class a field belongs to, `registry/access/data/sight.tsv`
who sees a class. A field that stands in neither is of the class `other`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from registry.models import Role, User
from sources.fields import TABLE


class FieldClass(StrEnum):
    """What kind of knowledge a field holds."""

    IDENTITY = "identity"
    DOCUMENT = "document"
    FAMILY = "family"
    ORIGIN = "origin"
    APPEARANCE = "appearance"
    TEXT = "text"
    CONSENT = "consent"
    OTHER = "other"
    HEALTH = "health"
    CONTACT = "contact"
    PRESENT_LOCATION = "present_location"
    TESTIMONY = "testimony"


WITHHELD = "withheld"
"""What stands in the place of a value that the reader may not see; never an empty place."""

EVERYTHING = frozenset(FieldClass)

_CLASSES = {field.name: FieldClass(field.access_class) for field in TABLE.values()}

YES, GRANTED = "yes", "granted"


def class_of(field: str) -> FieldClass:
    """Return the class of a field, written or normalised."""
    return _CLASSES.get(field, FieldClass.OTHER)


def of_person(user: User) -> frozenset[FieldClass]:
    """Return the classes that a person sees: by role, and the present location by a right of their own.

    Testimony is in nobody's: it is opened one by one (`permissions.TESTIMONY`).
    """
    if not user.is_active:
        return frozenset()
    rule = _rules()
    seen = {kind for kind in FieldClass if rule[kind][user.role] == YES}
    if user.sees_location:
        seen |= {kind for kind in FieldClass if rule[kind][user.role] == GRANTED}
    return frozenset(seen)


def location_grantable(role: str) -> bool:
    """Tell whether people of a role may be given the right to see where a child is."""
    return _rules()[FieldClass.PRESENT_LOCATION][role] == GRANTED


def of_scopes(scopes: Iterable[str]) -> frozenset[FieldClass]:
    """Return the classes that a consumer of the feed gets for its scopes."""
    given = set(scopes)
    return frozenset(kind for kind in FieldClass if _rules()[kind]["feed"] in given)


def scopes() -> frozenset[str]:
    """Return all scopes by which a consumer of the feed gets classes of fields."""
    return frozenset(_rules()[kind]["feed"] for kind in FieldClass)


def only(values: Mapping[str, Any], seen: frozenset[FieldClass]) -> dict[str, Any]:
    """Return the entries of a mapping by field that may be seen."""
    return {field: value for field, value in values.items() if class_of(field) in seen}


def table() -> dict[FieldClass, dict[str, str]]:
    """Return who sees what, as it stands in the table: by class, then by role or `feed`."""
    return {kind: {role: _rules()[kind][role] for role in (*Role.values, "feed")} for kind in FieldClass}


def _read(name: str) -> list[dict[str, str]]:
    text = files("registry.access").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))


@cache
def _rules() -> dict[FieldClass, dict[str, str]]:
    return {FieldClass(row["class"]): row for row in _read("sight.tsv")}
