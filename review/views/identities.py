"""The page of an identity, and what may be done with it as a whole: asked for by one person, allowed by another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from registry.access import permissions
from registry.errors import ReviewError
from registry.identities import answers
from registry.judgements import changes, settling, unions
from registry.judgements.notes import NOTE_LENGTH
from registry.linkage import agreed_verdicts
from registry.linkage.agreed_verdicts import Move
from registry.models import CHANGE_REASONS, AnswerKind, ConsumerAnswer, Identity, IdentityChange, IdentityStatus, User
from review.child import identity_view
from review.child.identity_view import IdentityPage
from review.forms import whole_number
from review.presentation import score_text
from review.presentation.child import news as child_news
from review.presentation.child import table as child_table
from review.presentation.child import words as child_words
from review.presentation.feed import words as feed_words
from review.presentation.labels import OUTCOMES_SHORT, field_label, reason_label, verdict_label
from review.sign_in.access import for_reviewers, for_right, refused

MOVES = 10
"""So many decided pairs that the newest model sees otherwise stand on the desk, those that moved farthest."""


@require_GET
@for_right(permissions.IDENTITIES)
def desk(request: HttpRequest, user: User) -> HttpResponse:
    """Show what waits for another person: contradictions and requests. Never a list of children."""
    unions.settle_due()
    contradictions = settling.waiting(user)
    asked = [(one, child_words.CHANGES[one.kind], child_words.CHANGE_REASONS[one.reason]) for one in changes.waiting()]
    standing = Identity.objects.filter(status=IdentityStatus.VERIFIED)
    context = {
        "here": "identities",
        "contradictions": len(contradictions),
        "next": contradictions[0].pk if contradictions else None,
        "asked": asked,
        "standing": standing.count(),
        "withheld": standing.filter(withheld=True).count(),
        "moved": agreed_verdicts.count_moved(),
        "moves": [_move(one) for one in agreed_verdicts.moves(MOVES)],
        "own": user.pk,
        "disputes": [(one, child_words.DISPUTE_REASONS[one.reason]) for one in answers.disputes()],
    }
    return render(request, "review/identities.html", context)


def _move(one: Move) -> dict[str, Any]:
    """Return a decided pair that the newest model sees otherwise, in words."""
    why = ", ".join(f"{field_label(field)} {score_text.bits(change)}" for field, change in one.why)
    return {
        "pair": one.candidate_id,
        "outcome": OUTCOMES_SHORT.get(one.status, one.status),
        "before": score_text.bits(one.before),
        "now": _("not proposed any more") if one.now is None else score_text.bits(one.now),
        "why": why,
    }


@require_POST
@for_right(permissions.IDENTITIES)
def settle_dispute(request: HttpRequest, user: User, answer_id: int) -> HttpResponse:
    """Say whether an identity that a case system disputes stands."""
    try:
        answers.settle(user, answer_id, request.POST.get("settlement", ""))
    except ReviewError as fault:
        if fault.code == "own_verdict":
            messages.warning(request, _("You gave one of its verdicts. A third person settles the dispute."))
        else:
            messages.warning(request, _("This cannot be done. Load the page anew and look at the request."))
        return redirect("review:identities")
    messages.success(request, _("The dispute is settled."))
    return redirect("review:identities")


@require_POST
@for_right(permissions.IDENTITIES)
def find(request: HttpRequest, user: User) -> HttpResponse:
    """Go to the identity whose id was typed in; what else somebody types stands in no address and no log."""
    wanted = _uuid(request.POST.get("id", ""))
    if wanted is None:
        return _unknown(request)
    return redirect("review:identity", identity_id=wanted)


@require_GET
@for_reviewers
def page(request: HttpRequest, user: User, identity_id: UUID) -> HttpResponse:
    """Show an identity as a whole."""
    return _page(request, user, identity_id)


@require_GET
@for_reviewers
def printed(request: HttpRequest, user: User, identity_id: UUID) -> HttpResponse:
    """Show an identity for paper: number, date, name and handling code stand on each page, and printing is logged."""
    try:
        view = identity_view.look(user, identity_id, printed=True)
    except ReviewError as fault:
        return _refused(request, fault)
    context = {**_context(view), "at": timezone.now(), "handling": ", ".join(view.handling_codes)}
    return render(request, "review/identity_print.html", context)


@require_POST
@for_reviewers
def ask(request: HttpRequest, user: User, identity_id: UUID) -> HttpResponse:
    """Ask for a split, a merge or a retraction."""
    kind = request.POST.get("kind", "")
    chosen = {number for text in request.POST.getlist("row") if (number := whole_number(text)) is not None}
    other = _uuid(request.POST.get("other", ""))
    try:
        parts = _parts(identity_id, chosen) if kind == "split" else []
        reason = request.POST.get(f"reason_{kind}", "")
        note = request.POST.get("note", "")
        changes.ask(user, kind, identity_id, reason, note=note, parts=parts, other=other)
    except ReviewError as fault:
        if fault.code == "role":
            return _refused(request, fault)
        return _page(request, user, identity_id, child_words.REFUSALS.get(fault.code, str(fault)), 422)
    messages.success(request, _("Your request is kept. Another person has to allow it; nothing changes until then."))
    return redirect("review:identity", identity_id=identity_id)


@require_POST
@for_right(permissions.IDENTITIES)
def decide(request: HttpRequest, user: User, change_id: int) -> HttpResponse:
    """Allow or refuse what somebody else has asked for."""
    allowed = request.POST.get("answer") == "allow"
    try:
        change = changes.decide(user, change_id, allowed=allowed)
    except ReviewError as fault:
        known = IdentityChange.objects.filter(pk=change_id).first()
        words = child_words.REFUSALS.get(fault.code, str(fault))
        if known is None:
            return _unknown(request)
        return _page(request, user, known.identity_id, words, 409)
    done = _("It is done, and whoever has received the identity hears of it.") if allowed else _("It is refused.")
    messages.success(request, done)
    return redirect("review:identity", identity_id=change.identity_id)


def _parts(identity_id: UUID, chosen: set[int]) -> list[list[int]]:
    held = set(Identity.objects.filter(pk=identity_id).values_list("members__row_id", flat=True)) - {None}
    return [sorted(held - chosen), sorted(held & chosen)]


def _page(
    request: HttpRequest, user: User, identity_id: UUID, error: Promise | str = "", status: int = 200
) -> HttpResponse:
    unions.settle_due()
    try:
        view = identity_view.look(user, identity_id)
    except ReviewError as fault:
        return _refused(request, fault)
    return render(request, "review/identity.html", {**_context(view), "error": error}, status=status)


def _context(view: IdentityPage) -> dict[str, Any]:
    named = child_table.letters(view.columns)
    return {
        "view": view,
        "status_words": child_words.STATUSES[view.status],
        "table": child_table.table(view.columns),
        "news": child_news.rows(view.news, named),
        "moments": child_table.moments(view.columns),
        "verdicts": verdict_rows(view.verdicts, named),
        "events": [(event, child_words.EVENTS[event.kind], event.data.get("into", [])) for event in view.events],
        "held": [(one, feed_words.ways(one.ways), feed_words.STATES[one.status]) for one in view.held],
        "answers": [_answer(one) for one in view.answers],
        "change": _change(view, named),
        "kinds": [
            (kind, label, [(code, child_words.CHANGE_REASONS[code]) for code in CHANGE_REASONS[kind]])
            for kind, label in child_words.CHANGES.items()
        ],
        "note_length": NOTE_LENGTH,
    }


def verdict_rows(verdicts: tuple[identity_view.Verdict, ...], named: dict[int, str]) -> list[dict[str, Any]]:
    """Return verdicts as a table writes them, the records by their letters."""
    return [
        {
            "pair": " – ".join(sorted(named.get(row, "?") for row in one.rows)),
            "candidate_id": one.candidate_id,
            "verdict": verdict_label(one.verdict),
            "reason": reason_label(one.verdict, one.reason),
            "note": one.note,
            "by": one.by,
            "at": one.at,
            "counts": one.counts,
        }
        for one in verdicts
    ]


def _answer(one: ConsumerAnswer) -> tuple[Any, ...]:
    reason = child_words.DISPUTE_REASONS[one.reason] if one.reason else ""
    waits = _("waits for a third person") if one.kind == AnswerKind.DISPUTED else ""
    return one, feed_words.ANSWERS[one.kind], reason, feed_words.SETTLEMENTS.get(one.settlement, waits)


def _change(view: IdentityPage, named: dict[int, str]) -> dict[str, Any] | None:
    if view.change is None:
        return None
    parts = [", ".join(sorted(named.get(row, "?") for row in part)) for part in view.change.parts]
    return {
        "of": view.change,
        "what": child_words.CHANGES[view.change.kind],
        "reason": child_words.CHANGE_REASONS[view.change.reason],
        "parts": parts,
        "note": view.change_note,
    }


def _refused(request: HttpRequest, fault: ReviewError) -> HttpResponse:
    if fault.code == "unknown":
        return _unknown(request)
    if fault.code != "role":
        raise fault
    return refused(
        request,
        _("This identity is for others"),
        _("You see the identities whose pairs you have judged. Others are open to adjudicators and the lead."),
    )


def _unknown(request: HttpRequest) -> HttpResponse:
    return refused(request, _("There is no such identity"), _("Look at the id: it has 36 characters."), 404)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None
