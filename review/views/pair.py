"""The pair: looking at it, deciding, passing it over, giving it back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.errors import ReviewError
from registry.models import User
from registry.services import desk, reviews, views, wellbeing
from review.access import for_reviewers, refused
from review.forms import Choice, read_choice
from review.pair_page import build
from review.vocabulary import OUTCOMES, VERDICTS, reason_label, verdict_label

DECIDED = "review.decided"
"""Session key of the last verdict: codes and the candidate's number, nothing else."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_reviewers
def pair(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Show the pair this person holds, or keep their verdict on it."""
    if request.method != "POST":
        return _show(request, user, candidate_id, read_choice(request.GET))
    choice = read_choice(request.POST)
    if not choice.complete:
        error = _("Choose the reason, too.") if choice.verdict else _("Choose a verdict first.")
        return _show(request, user, candidate_id, choice, error)
    try:
        decision = reviews.decide(user, candidate_id, choice.verdict, choice.reason)
    except ReviewError as fault:
        return _refused(request, user, candidate_id, choice, fault)
    request.session[DECIDED] = {
        "candidate": candidate_id,
        "verdict": choice.verdict,
        "reason": choice.reason,
        "outcome": decision.outcome,
    }
    return redirect("review:decided")


@require_GET
@for_reviewers
def decided(request: HttpRequest, user: User) -> HttpResponse:
    """Say what the last verdict led to, and offer the next pair."""
    last = request.session.get(DECIDED)
    if last is None:
        return redirect("review:home")
    return render(
        request,
        "review/decided.html",
        {
            "candidate_id": last["candidate"],
            "verdict": verdict_label(last["verdict"]),
            "reason": reason_label(last["verdict"], last["reason"]),
            "outcome": OUTCOMES.get(last["outcome"], ""),
            "stretch": wellbeing.stretch(user),
        },
    )


@require_POST
@for_reviewers
def again(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Prolong a reservation that has run out, keeping what was chosen."""
    choice = read_choice(request.POST)
    try:
        reviews.renew(user, candidate_id)
    except ReviewError as fault:
        return _refused(request, user, candidate_id, choice, fault)
    return redirect(f"{reverse('review:pair', args=[candidate_id])}{'?' if choice.query else ''}{choice.query}")


@require_POST
@for_reviewers
def skip(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Pass the pair over and take another."""
    try:
        reviews.skip(user, candidate_id)
    except ReviewError as fault:
        return _refused(request, user, candidate_id, Choice(), fault)
    candidate = reviews.take_next(user)
    return redirect("review:pair", candidate_id=candidate.pk) if candidate else redirect("review:nothing")


@require_POST
@for_reviewers
def release(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Give the pair back to the queue."""
    reviews.release(user, candidate_id)
    return redirect("review:home")


def _show(
    request: HttpRequest, user: User, candidate_id: int, choice: Choice, error: str | Promise = ""
) -> HttpResponse:
    try:
        view = views.pair(user, candidate_id)
    except ReviewError as fault:
        return _refused(request, user, candidate_id, choice, fault)
    context = {
        "page": build(view, get_language() or "uk"),
        "verdicts": VERDICTS,
        "chosen": choice,
        "error": error,
    }
    return render(request, "review/pair.html", context, status=422 if error else 200)


def _refused(request: HttpRequest, user: User, candidate_id: int, choice: Choice, fault: ReviewError) -> HttpResponse:
    """Answer a refusal of the registry in the person's words."""
    if fault.code == "already_reviewed":
        return refused(
            request, _("You have judged this pair already"), _("Your verdict is kept. Another pair is waiting."), 409
        )
    if fault.code == "superseded":
        return refused(
            request,
            _("One of the two records has been corrected"),
            _("Its source has sent a new version, so this pair is closed. Another pair is waiting."),
            409,
        )
    if fault.code == "adjudicators_only":
        return refused(
            request,
            _("Two people disagree about this pair"),
            _("A third person with the right to adjudicate decides it. Another pair is waiting for you."),
        )
    if fault.code != "not_reserved":
        raise fault
    held = desk.held(user)
    context = {
        "candidate_id": candidate_id,
        "free": held is not None and held.candidate_id == candidate_id,
        "chosen": choice,
        "chosen_words": verdict_label(choice.verdict),
    }
    return render(request, "review/expired.html", context, status=409)
