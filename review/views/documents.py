"""Documents of the data team: attaching them, opening them for a stated purpose, taking facts from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from configs import scratch
from configs.atomic_files import draft
from registry import testimonies
from registry.access import permissions
from registry.errors import EvidenceError
from registry.evidence.custody import Actor, CollectionFacts
from registry.models import TestimonyKind, User
from registry.testimonies import Closed, Opened
from review.presentation.labels import UNREAD, field_label
from review.queue import budget
from review.sign_in.access import for_right, refused
from transliteration.errors import MendableError

KINDS: dict[str, Promise] = {
    TestimonyKind.TESTIMONY: _("testimony"),
    TestimonyKind.MEDICAL_REPORT: _("medical report"),
    TestimonyKind.FAMILY_STATEMENT: _("statement of the family"),
    TestimonyKind.DOCUMENT: _("other document"),
}
PAGE = 20
LARGEST = 30 * 1024 * 1024
FIRST = ("full_name", "sex", "birth_date", "age", "birthplace", "last_place", "institution", "mother", "father")
"""Fields that the form shows at once; the others stand below, folded."""

for_documents = for_right(permissions.DOCUMENTS)


@require_GET
@for_documents
def listing(request: HttpRequest, user: User) -> HttpResponse:
    """Show the newest documents without what they say, and the form that attaches another."""
    return _listing(request)


@require_POST
@for_documents
def add(request: HttpRequest, user: User) -> HttpResponse:
    """Store a document and attach it to a record or an identity."""
    sent, file = request.POST, request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        return _listing(request, _("Choose the file of the document."), status=422)
    if file.size > LARGEST:
        return _listing(request, _("The file is larger than 30 MB."), status=422)
    at = _day(sent.get("collected_on", ""))
    collected = CollectionFacts(
        sent.get("collected_by", "").strip() or user.username,
        timezone.make_aware(datetime.combine(at, datetime.min.time())) if at else timezone.now(),
        sent.get("how", "").strip(),
        sent.get("origin", "").strip(),
        sent.get("legal_basis", "").strip(),
        sent.get("handling", "").strip(),
        file.name or "",
    )
    try:
        with draft(scratch.folder()) as (stream, path):
            for chunk in file.chunks():
                stream.write(chunk)
            stream.flush()
            made = testimonies.add(
                path,
                sent.get("kind", ""),
                sent.get("about", "").strip(),
                collected,
                _actor(user),
                sent.get("place", ""),
            )
    except EvidenceError:
        return _listing(request, _("The document cannot be stored. Tell the data team."), status=503)
    except MendableError:
        words = _("Say of which record or identity it speaks, and how, from where and on which terms it came.")
        return _listing(request, words, status=422)
    return redirect("review:paper", testimony_id=made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_documents
def paper(request: HttpRequest, user: User, testimony_id: int) -> HttpResponse:
    """Show a document closed; or, for a stated purpose, what it says, with the form for its facts beside it."""
    try:
        closed = testimonies.closed(testimony_id)
    except MendableError:
        return _unknown(request)
    if request.method != "POST":
        return _closed(request, closed)
    return _opened(request, user, closed, request.POST.get("purpose", ""), {})


@require_POST
@for_documents
def observe(request: HttpRequest, user: User, testimony_id: int) -> HttpResponse:
    """Keep facts that the person read in the document as a record of its own."""
    sent = request.POST
    try:
        closed = testimonies.closed(testimony_id)
    except MendableError:
        return _unknown(request)
    fields = {name: sent.get(name, "") for name in testimonies.OBSERVABLE if sent.get(name, "").strip()}
    day = _day(sent.get("observed_on", ""))
    try:
        record = testimonies.observe(
            closed.id,
            fields,
            _actor(user),
            observed_on=day,
            place=sent.get("place", ""),
            language=sent.get("language", "uk"),
        )
    except MendableError:
        error = _("Give at least a name, and write each value as the document says it.")
        return _opened(request, user, closed, sent.get("purpose", ""), sent.dict(), error)
    return _closed(request, testimonies.closed(closed.id), kept=f"{record.source.slug}/{record.key}")


def _opened(
    request: HttpRequest,
    user: User,
    closed: Closed,
    purpose: str,
    sent: Mapping[str, Any],
    error: Promise | str = "",
) -> HttpResponse:
    if len(purpose.strip()) < 3:
        return _closed(request, closed, error=_("Say what you open it for."))
    budget.open_document(user, closed.id)
    try:
        opened: Opened = testimonies.open_text(closed.id, _actor(user), purpose)
    except EvidenceError:
        return refused(
            request,
            _("The document cannot be read"),
            _("Its bytes are missing or are not what was stored. Tell the data team."),
            503,
        )
    rows = [(name, field_label(name), str(sent.get(name, ""))) for name in testimonies.OBSERVABLE]
    context = {
        "here": "papers",
        "document": closed,
        "kind": KINDS[closed.kind],
        "opened": opened,
        "unread": UNREAD.get(opened.unread or "", ""),
        "purpose": purpose,
        "error": error,
        "sent": sent,
        "first": [row for row in rows if row[0] in FIRST],
        "others": [row for row in rows if row[0] not in FIRST],
    }
    return render(request, "review/paper.html", context, status=422 if error else 200)


def _closed(request: HttpRequest, closed: Closed, *, error: Promise | str = "", kept: str = "") -> HttpResponse:
    context = {"here": "papers", "document": closed, "kind": KINDS[closed.kind], "error": error, "kept": kept}
    return render(request, "review/paper.html", context, status=422 if error else 200)


def _listing(request: HttpRequest, error: Promise | str = "", status: int = 200) -> HttpResponse:
    shown, total = testimonies.page(limit=PAGE)
    context = {
        "here": "papers",
        "rows": [(document, KINDS[document.kind]) for document in shown],
        "more": total - len(shown),
        "kinds": KINDS.items(),
        "error": error,
        "sent": request.POST,
        "today": timezone.localdate().isoformat(),
    }
    return render(request, "review/papers.html", context, status=status)


def _unknown(request: HttpRequest) -> HttpResponse:
    return refused(request, _("There is no such document"), _("The list of documents shows those there are."), 404)


def _actor(user: User) -> Actor:
    return Actor(user.username, user)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
