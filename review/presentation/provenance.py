"""Where a record comes from, as rows of the pair page: source, dates, place in the evidence, hash."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from review.pair.pair_view import PairView
from review.pair.side import SideView
from review.presentation.surroundings import EVIDENCE
from sources.locator import Locator

SOURCE_CLASSES: dict[str, Promise] = {
    "family": gettext_lazy("reports of families"),
    "authority": gettext_lazy("Ukrainian authorities"),
    "occupation": gettext_lazy("lists of the occupation side"),
    "adoption_bank": gettext_lazy("adoption bank"),
    "citizenship": gettext_lazy("citizenship and guardianship lists"),
    "social": gettext_lazy("social media"),
    "media": gettext_lazy("press"),
    "other": gettext_lazy("other source"),
}

_PLACES: dict[str, Promise] = {
    "sheet": gettext_lazy("sheet"),
    "page": gettext_lazy("page"),
    "row": gettext_lazy("row"),
    "line": gettext_lazy("line"),
    "chat": gettext_lazy("chat"),
    "message": gettext_lazy("message"),
    "card": gettext_lazy("card"),
}
"""Parts of a locator in the order in which a person would look them up; others follow under their own names."""

_CELL = re.compile(r"[A-Z]{1,3}\d+")


@dataclass(frozen=True)
class Fact:
    """One row about both records.

    Attributes:
        label: What the row tells.
        values: One value per side, '' when it is not given.
        remark: What follows for the pair, '' for nothing.
        is_hash: Whether the values are SHA-256 sums, shown short until asked for.
    """

    label: str
    values: tuple[str, str]
    remark: str = ""
    is_hash: bool = False


def facts(view: PairView) -> tuple[Fact, ...]:
    """Return the provenance rows of a pair."""
    sides = view.left, view.right
    same_file = view.left.evidence_sha256 == view.right.evidence_sha256
    return (
        Fact(_("Kind of source"), _both(sides, _kind)),
        Fact(_("Observed on"), _both(sides, lambda s: f"{s.observed_on:%d.%m.%Y}" if s.observed_on else "")),
        Fact(_("Collected on"), _both(sides, lambda s: f"{timezone.localtime(s.collected_at):%d.%m.%Y}")),
        Fact(_("Place in the file"), _both(sides, lambda s: place(s.locator))),
        Fact(
            _("File, SHA‑256"),
            _both(sides, lambda s: s.evidence_sha256),
            _("both stand in one and the same file") if same_file else "",
            is_hash=True,
        ),
        Fact(_("State of the file"), _both(sides, lambda s: str(EVIDENCE[s.evidence_state]))),
    )


def place(locator: Locator) -> str:
    """Write a locator as a person would look it up: `sheet 2, row 14`."""
    stated = {name: part for name, part in locator.parts() if name not in ("cell", "cells", "css") and part != ""}
    known = [f"{_PLACES[name]} {stated[name]}" for name in _PLACES if name in stated]
    others = [f"{name}: {part}" for name, part in stated.items() if name not in _PLACES]
    return ", ".join(known + others) or locator.css or ""


def cell(locator: Locator) -> str:
    """Return the spreadsheet cell of a field, '' when there is none."""
    return locator.cell if locator.cell and _CELL.fullmatch(locator.cell) else ""


def _both(sides: tuple[SideView, SideView], tell: Any) -> tuple[str, str]:
    return tell(sides[0]), tell(sides[1])


def _kind(side: SideView) -> str:
    words = [str(SOURCE_CLASSES.get(side.source_class, side.source_class))]
    if side.version > 1:
        words.append(_("changed since an earlier list (version %(version)s)") % {"version": side.version})
    if side.names_pseudonymised:
        words.append(_("the publisher has changed the names on purpose"))
    return "; ".join(words)
