"""The pair: looking at it, deciding, handing it over, passing it over, giving it back, and taking a verdict back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from configs.settings import settings
from registry.errors import ReviewError
from registry.judgements.notes import NOTE_LENGTH
from registry.models import User
from review.forms import Choice, draft, last_verdict, queue_filter, read_choice, whole_number
from review.pair import documents, pair_view, unmasking
from review.presentation.labels import (
    CHANGED_BECAUSE,
    OUTCOMES,
    quick_of,
    reason_label,
    verdict_label,
    verdicts_of,
)
from review.presentation.original_page import originals
from review.presentation.pair_page import build
from review.presentation.surroundings import ESCALATIONS
from review.queue import assignment, breaks, budget, reservation, workload
from review.sign_in.access import for_reviewers, refused
from review.sign_in.refusals import NOT_HELD, REFUSALS, UNDO_REFUSALS
from review.verdicts import decisions, provisional
from review.views.home import next_one, onwards


@require_http_methods(["GET", "HEAD", "POST"])
@for_reviewers
def pair(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Show the pair this person holds, or keep their verdict on it."""
    if request.method != "POST":
        return _show(request, user, candidate_id, draft.recall(request, candidate_id, user))
    choice = read_choice(request.POST)
    if not choice.complete:
        error = _("Choose the reason, too.") if choice.verdict else _("Choose a verdict first.")
        return _show(request, user, candidate_id, choice, error)
    try:
        if unmasking.is_hidden_from(user, candidate_id):
            return _first_thought(request, user, candidate_id, choice)
        decision = decisions.decide(user, candidate_id, choice.verdict, choice.reason, choice.note, choice.changed)
    except ReviewError as fault:
        if fault.code == "changed":
            return _show(request, user, candidate_id, choice, _("Say what changed your mind."))
        if fault.code == "unknown_verdict":  # of the other queue: nobody is found where nobody is sought
            return _show(request, user, candidate_id, Choice(note=choice.note), _("Choose a verdict first."))
        return _refused(request, user, candidate_id, choice, fault)
    draft.drop(request)
    last_verdict.remember(request, choice, decision)
    return onwards(request, user)


def _first_thought(request: HttpRequest, user: User, candidate_id: int, choice: Choice) -> HttpResponse:
    """Write down what the records alone tell, and show the opinion beside it."""
    provisional.give(user, candidate_id, choice.verdict, choice.reason)
    draft.keep(request, candidate_id, choice, owner=user.pk)
    return redirect("review:pair", candidate_id=candidate_id)


@require_GET
@for_reviewers
def decided(request: HttpRequest, user: User) -> HttpResponse:
    """Say what the last verdict led to, and offer the next pair and to take the verdict back."""
    last = last_verdict.last(request)
    if last is None:
        return redirect("review:home")
    obstacle = decisions.undoable(user, last["review"]) if last.get("review") else "unknown"
    context: dict[str, Any] = {
        "candidate_id": last["candidate"],
        "verdict": verdict_label(last["verdict"]),
        "reason": reason_label(last["verdict"], last["reason"]),
        "outcome": OUTCOMES.get(last["outcome"], ""),
        "stretch": breaks.stretch(user),
        "review_id": last.get("review") if not obstacle else None,
        "again": last.get("ordinal") != decisions.BLIND_ORDINAL,
        "wait": settings().undo_seconds if last["outcome"] in decisions.ONE_CHILD and not obstacle else 0,
        "group": queue_filter.current(request).meeting,
        "decided_today": workload.decided_today(user),
    }
    return render(request, "review/decided.html", context)


@require_POST
@for_reviewers
def undo(request: HttpRequest, user: User) -> HttpResponse:
    """Take one's own verdict back while nobody has acted upon it; what the person was given since goes back."""
    number = whole_number(request.POST.get("review", "")) or 0
    held = workload.held(user)
    try:
        if held is not None and not decisions.undoable(user, number):
            reservation.release(user, held.candidate_id)
        undone = decisions.withdraw(user, number)
    except ReviewError as fault:
        heading, body = UNDO_REFUSALS.get(fault.code, UNDO_REFUSALS["unknown"])
        return refused(request, heading, body, 409)
    last_verdict.forget(request)
    if not undone.held:
        messages.success(request, _("Your verdict is taken back. Another person will look at the pair."))
        return redirect("review:home")
    choice = Choice(undone.verdict, undone.reason, undone.note)
    draft.keep(request, undone.candidate_id, choice, owner=user.pk)
    messages.success(request, _("Your verdict is taken back, and the pair is yours again."))
    return redirect("review:pair", candidate_id=undone.candidate_id)


@require_GET
@for_reviewers
def original(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Show the bytes behind both records where they stand, with what belongs to other people masked."""
    try:
        view, found = pair_view.original(user, candidate_id)
    except ReviewError as fault:
        return _refused(request, user, candidate_id, Choice(), fault)
    context = {"candidate_id": candidate_id, "stage": view.stage, "sides": originals(view, found)}
    return render(request, "review/original.html", context)


@require_POST
@for_reviewers
def escalate(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Hand the pair over to an adjudicator."""
    choice = read_choice(request.POST)
    reason = request.POST.get("hand_over", "")
    if reason not in dict(ESCALATIONS):
        return _show(request, user, candidate_id, choice, _("Choose why you hand the pair over."), opened=True)
    try:
        decisions.escalate(user, candidate_id, reason, choice.note)
    except ReviewError as fault:
        return _refused(request, user, candidate_id, choice, fault)
    draft.drop(request)
    messages.success(request, _("The pair is handed over. An adjudicator will look at it next."))
    return redirect("review:home")


@require_POST
@for_reviewers
def other(request: HttpRequest, user: User, candidate_id: int, other_id: int) -> HttpResponse:
    """Give this pair back and take another pair of the same records."""
    try:
        taken = assignment.take(user, other_id)
    except ReviewError as fault:
        if fault.code == budget.CLOSED:
            raise
        messages.warning(request, _("That pair is in other hands just now, or not yours to judge."))
        return redirect("review:pair", candidate_id=candidate_id)
    return redirect("review:pair", candidate_id=taken.pk)


@require_POST
@for_reviewers
def again(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Prolong a reservation that has run out; what was chosen waits on the page."""
    try:
        reservation.renew(user, candidate_id)
    except ReviewError as fault:
        return _refused(request, user, candidate_id, draft.recall(request, candidate_id, user), fault)
    return redirect("review:pair", candidate_id=candidate_id)


@require_POST
@for_reviewers
def skip(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Pass the pair over and take another."""
    try:
        reservation.skip(user, candidate_id)
    except ReviewError as fault:
        return _refused(request, user, candidate_id, Choice(), fault)
    return next_one(request, user)


@require_POST
@for_reviewers
def release(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Give the pair back to the queue."""
    reservation.release(user, candidate_id)
    return redirect("review:home")


def _show(
    request: HttpRequest,
    user: User,
    candidate_id: int,
    choice: Choice,
    error: str | Promise = "",
    *,
    opened: bool = False,
) -> HttpResponse:
    try:
        view = pair_view.pair(user, candidate_id)
    except ReviewError as fault:
        return _refused(request, user, candidate_id, choice, fault)
    if view.provisional is not None and not choice.verdict:
        choice = replace(choice, verdict=view.provisional.verdict, reason=view.provisional.reason)
    verdicts = verdicts_of(listed_twice=bool(view.twice))
    context = {
        "page": build(view, get_language() or "uk"),
        "verdicts": verdicts,
        "quick": quick_of(verdicts),
        "kept": last_verdict.kept(request, user),
        "changed_because": CHANGED_BECAUSE.items(),
        "escalations": ESCALATIONS,
        "chosen": choice,
        "error": error,
        "opened": opened,
        "note_length": NOTE_LENGTH,
        "who": draft.signature(user),
        "group": queue_filter.current(request).meeting,
        "documents": len(documents.closed(user, candidate_id)),
    }
    return render(request, "review/pair.html", context, status=422 if error else 200)


def _refused(request: HttpRequest, user: User, candidate_id: int, choice: Choice, fault: ReviewError) -> HttpResponse:
    """Answer a refusal of the registry in the person's words; what was chosen is kept."""
    if fault.code in REFUSALS:
        heading, body, status = REFUSALS[fault.code]
        return refused(request, heading, body, status)
    if fault.code != "not_reserved":
        raise fault
    held = workload.held(user)
    free = held is not None and held.candidate_id == candidate_id
    if free and not choice.empty:
        draft.keep(request, candidate_id, choice, owner=user.pk)
    if not free and (step := reservation.last_step(user, candidate_id)) in NOT_HELD:
        heading, body, status = NOT_HELD[step]
        return refused(request, heading, body, status, unkept=verdict_label(choice.verdict))
    context = {
        "candidate_id": candidate_id,
        "free": free,
        "chosen": choice,
        "chosen_words": verdict_label(choice.verdict),
    }
    return render(request, "review/expired.html", context, status=409)
