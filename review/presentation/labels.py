"""The words of the screens: fields, verdicts, reasons, stages and outcomes, each by its stable code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from django.utils.functional import Promise, lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sources.fields import TABLE, of_kind


def _title(name: str) -> str:
    field = TABLE[name]
    return field.uk if (get_language() or "en").startswith("uk") else field.en


_lazy_title = lazy(_title, str)

FIELDS: dict[str, Promise] = {name: cast(Promise, _lazy_title(name)) for name in TABLE}
"""Titles of the fields, in the order in which the pair page shows them."""

EVIDENCE: dict[str, Promise] = {
    "initial": _("First letter of the name"),
    "transfer": _("Others of the same origin"),
    "kin_transfer": _("Where brothers and sisters were found"),
    "own_transfer": _("Where another list has the child"),
    "kin_listed": _("Brothers and sisters in the list"),
    "days": _("Order of days"),
}
"""Titles of evidence that no record has as a field of its own."""

NAME_FIELDS = frozenset(of_kind("name"))
LETTER_FIELDS = frozenset(of_kind("name", "parent", "person", "place", "institution", "document", "number"))
"""Fields whose differing letters are worth marking; dates are marked in their normalised form."""
DATE_FIELDS = frozenset(of_kind("birth", "day"))
TEXT_FIELDS = frozenset(of_kind("free_text"))
"""Testimony and free text: folded away until the reader asks for it."""
HIDDEN_FIELDS = frozenset({"contact", "consent"})
"""Nothing in them helps to tell children apart: nobody has to read them here, unless they are in doubt."""


@dataclass(frozen=True)
class Reason:
    """One reason of a verdict, and the key that chooses it."""

    code: str
    label: Promise
    key: str


@dataclass(frozen=True)
class Verdict:
    """One verdict, the key that chooses it, and the reasons it may have."""

    code: str
    label: Promise
    key: str
    question: Promise
    reasons: tuple[Reason, ...]


def _reasons(*labels: tuple[str, Promise]) -> tuple[Reason, ...]:
    return tuple(Reason(code, label, str(key)) for key, (code, label) in enumerate(labels, start=4))


VERDICTS: tuple[Verdict, ...] = (
    Verdict(
        "same",
        _("One and the same child"),
        "1",
        _("What convinces you most?"),
        _reasons(
            ("name_and_birth", _("name and date of birth agree")),
            ("alteration_explained", _("the names differ, but the change is clear")),
            ("family_agrees", _("parents, brothers or sisters agree")),
            ("route_agrees", _("places, institution and dates fit")),
            ("document_or_traits", _("a document or distinct traits agree")),
            ("other", _("something else")),
        ),
    ),
    Verdict(
        "twice",
        _("One child, listed twice"),
        "1",
        _("How did it come to two rows?"),
        _reasons(
            ("copied", _("the row was copied")),
            ("corrected", _("one row corrects the other")),
            ("entered_again", _("the child was entered anew by somebody else")),
            ("moved_on", _("the child moved on: another list or another date")),
            ("other", _("something else")),
        ),
    ),
    Verdict(
        "different",
        _("Different children"),
        "2",
        _("What speaks against it most?"),
        _reasons(
            ("name_conflict", _("the names cannot belong to one child")),
            ("birth_conflict", _("dates of birth or ages do not fit")),
            ("family_conflict", _("the families differ")),
            ("route_conflict", _("places or dates rule each other out")),
            ("sibling", _("brother, sister or twin of the child")),
            ("other", _("something else")),
        ),
    ),
    Verdict(
        "cannot_tell",
        _("Cannot tell"),
        "3",
        _("What is missing?"),
        _reasons(
            ("too_little", _("too little is known")),
            ("contradiction", _("the facts contradict each other")),
            ("common_name", _("the name is too common")),
            ("unclear_evidence", _("the original is unclear or damaged")),
            ("ask_witness", _("somebody who knows the child has to be asked")),
            ("other", _("something else")),
        ),
    ),
)

_ANOTHER = _("Another person")

QUICK_KEYS = {"same": "Y", "different": "X"}
"""Verdicts that are given with their first reason by one key, where that is plain to see."""


def verdicts_of(*, listed_twice: bool = False) -> tuple[Verdict, ...]:
    """Return the verdicts that are asked of a pair; where nobody is sought, nobody is found either."""
    if not listed_twice:
        return tuple(one for one in VERDICTS if one.code != "twice")
    asked = (one for one in VERDICTS if one.code != "same")
    return tuple(replace(one, label=_ANOTHER) if one.code == "different" else one for one in asked)


@dataclass(frozen=True)
class Quick:
    """A verdict and its reason that one key gives."""

    code: str
    key: str
    label: Promise
    reason: Promise


def quick_of(verdicts: tuple[Verdict, ...]) -> tuple[Quick, ...]:
    """Return what one key gives among these verdicts; nothing where `same` is not asked."""
    if not any(one.code == "same" for one in verdicts):
        return ()
    return tuple(
        Quick(one.code, QUICK_KEYS[one.code], one.label, one.reasons[0].label)
        for one in verdicts
        if one.code in QUICK_KEYS
    )


CHANGED_BECAUSE: dict[str, Promise] = {
    "bits": _("the score or its bits"),
    "family": _("the family, the list or other pairs around it"),
    "originals": _("the original shows more"),
    "slip": _("my first verdict was a slip"),
    "other": _("something else"),
}
"""What changed a mind between the provisional verdict and the one that counts."""

TWICE: dict[str, Promise] = {
    "one_list": _(
        "Two rows of one list. If they are one child, the list has it twice: no child is found by that, and nothing "
        "goes to the case system. Once two people say so, both rows go together wherever a child is found."
    ),
    "each_once": _(
        "Two rows of one list that says it holds each child once. No child is found by this pair. A verdict that the "
        "list has one child twice goes to a third person before anything comes of it."
    ),
    "two_lists": _(
        "Rows of two lists, and nobody looks for a child by either of them: no child is found by this pair, and "
        "nothing goes to the case system. Once two people say that it is one child, both rows go together wherever a "
        "child is found."
    ),
}
"""What a pair is in which nobody is sought."""

OUTCOMES: dict[str, Promise] = {
    "second": _("Now a second person will judge the pair without seeing your verdict."),
    "verified": _("Two people agree that it is one child: the identity is verified and goes to the case system."),
    "twice": _("Two people agree that one child is listed twice: the rows go together. Nobody was found by it."),
    "rejected": _("Two people see different children: the pair is closed, and nothing will make them one."),
    "contested": _("The verdicts contradict others. A third person looks at the whole before anything comes of it."),
    "unresolved": _("Nobody could tell for certain. The pair is set aside until new evidence comes."),
    "disputed": _("The two verdicts differ. A third person will look at the pair with both reasons before them."),
}

SCENARIOS: dict[str, Promise] = {
    "plain": _("names as they are"),
    "russified": _("Russian spelling"),
    "diminutive": _("short form of the given name"),
    "initials": _("initials only"),
    "card": _("adoption card"),
    "media_latin": _("Latin letters"),
    "clerical": _("slip of the pen"),
    "surname_patronymic_replaced": _("surname and patronymic replaced"),
    "all_names_replaced": _("all names replaced"),
    "birth_date_shifted": _("date of birth shifted"),
    "all_names_and_birth_altered": _("all names replaced and date shifted"),
    "card_renamed": _("card with another name"),
    "card_redated": _("card with another month of birth"),
    "renamed_and_shifted": _("names replaced and date shifted"),
    "surname_replaced": _("surname replaced"),
    "years_added": _("made older"),
    "renamed_and_older": _("names replaced and made older"),
    "same_row_twice": _("the same row twice"),
}
"""Scenarios by code, in a few words."""

OUTCOMES_SHORT: dict[str, Promise] = {
    "open": _("waits for a first verdict"),
    "second": _("waits for a second verdict"),
    "disputed": _("waits for a third person"),
    "verified": _("verified as one child"),
    "twice": _("one child, listed twice"),
    "rejected": _("closed as different children"),
    "unresolved": _("set aside: nobody could tell"),
    "contested": _("contradicts other verdicts: waits for a third person"),
    "implied": _("follows from other pairs: asked of nobody"),
    "superseded": _("closed: a record was corrected"),
}
"""How a pair stands, in a few words."""

SUPERSEDED = _("A source has since corrected one of the two records. Your verdict is kept; the pair is closed.")
"""What is said of a verdict on a pair that was set aside before it was decided."""


LETTERS = (_("A"), _("B"))
"""By which the two records are named."""

WITHDRAWN = _("You took this verdict back.")

STEPS: dict[str, Promise] = {
    "taken": _("took the pair"),
    "released": _("put it back"),
    "skipped": _("skipped it"),
    "provisional": _("said what the records alone tell"),
    "decided": _("judged it"),
    "withdrawn": _("took the verdict back"),
    "escalated": _("handed it over"),
    "reopened": _("opened it again"),
    "settled": _("settled the contradiction"),
    "original_seen": _("looked at the originals"),
}
"""Steps of a pair's history."""


UNREAD: dict[str, Promise] = {
    "damaged": _("The file is damaged, protected by a password, or a scan that cannot be read here."),
    "demanding": _("Reading the file takes more time or memory than a page may take."),
    "empty": _("The file holds no text."),
    "other_kind": _("This kind of file cannot be shown here."),
}
"""Why an opened document shows nothing."""


def field_label(field: str) -> str:
    """Return the words for a field, or its own name when a source brought a field of its own."""
    return str(FIELDS.get(field) or EVIDENCE.get(field) or field.replace("_", " "))


def verdict(code: str) -> Verdict | None:
    """Return the verdict of a code."""
    return next((verdict for verdict in VERDICTS if verdict.code == code), None)


def verdict_label(code: str) -> str:
    """Return the words for a verdict."""
    known = verdict(code)
    return str(known.label) if known else code


def reason_label(verdict_code: str, reason_code: str) -> str:
    """Return the words for the reason of a verdict."""
    known = verdict(verdict_code)
    return next((str(r.label) for r in known.reasons if r.code == reason_code), reason_code) if known else reason_code
