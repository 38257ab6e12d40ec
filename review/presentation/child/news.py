"""What is new about a verified child, in words and bits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from review.child.news import News, Weighed
from review.presentation import score_text
from review.presentation.labels import field_label
from review.presentation.provenance import SOURCE_CLASSES

MOST = 6
"""So many fields are named, the most telling."""


@dataclass(frozen=True)
class NewsRow:
    """One thing that is new, as the page writes it; `weighed` are sentences, none on a blind look."""

    letter: str
    what: str
    source: str
    kind: str
    observed_on: date | None
    fields: str
    weighed: tuple[str, ...]


def rows(news: Iterable[News], named: Mapping[int, str]) -> tuple[NewsRow, ...]:
    """Write what is new; records are named by their letters on the page."""
    return tuple(
        NewsRow(
            named.get(one.row, ""),
            _("corrected by its source") if one.corrected else _("a new record"),
            one.source_title,
            str(SOURCE_CLASSES.get(one.source_class, one.source_class)),
            one.observed_on,
            _fields(one),
            () if one.weighed is None else _weighed(one.weighed, named),
        )
        for one in news
    )


def _fields(one: News) -> str:
    if not one.fields:
        return ""
    words = ", ".join(field_label(field) for field in one.fields[:MOST])
    if one.corrected:
        return _("written otherwise now: %(fields)s") % {"fields": words}
    return _("said by no other record: %(fields)s") % {"fields": words}


def _weighed(one: Weighed, named: Mapping[int, str]) -> tuple[str, ...]:
    facts = {"bits": score_text.bits(one.together), "n": one.compared}
    said = [ngettext("%(bits)s by %(n)s record", "%(bits)s by %(n)s records together", one.compared) % facts]
    if one.before is not None:
        said.append(_("before it was corrected: %(bits)s") % {"bits": score_text.bits(one.before)})
    if one.compared > 1:
        best, worst = (
            f"{score_text.bits(bits)} ({named[row]})" if row in named else score_text.bits(bits)
            for row, bits in (one.best, one.worst)
        )
        said.append(_("best %(best)s, worst %(worst)s") % {"best": best, "worst": worst})
    for words, fields in (
        (_("for it: %(fields)s"), [found for found in one.fields if found[1] > 0]),
        (_("against it: %(fields)s"), [found for found in one.fields if found[1] < 0]),
    ):
        if fields:
            named_fields = ", ".join(f"{field_label(field)} {score_text.bits(bits)}" for field, bits in fields[:MOST])
            said.append(words % {"fields": named_fields})
    return tuple(said)
