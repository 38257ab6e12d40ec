"""Testimony and photographs: closed by default, opened one by one for a stated purpose, and each opening logged.

What is there is told without its content to whoever holds a pair; what it says only to those who may open it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from registry import audit
from registry.access import permissions
from registry.errors import EvidenceError, ReviewError
from registry.evidence import custody, store
from registry.models import Candidate, Testimony, User
from registry.models.candidate import UNDECIDED
from review.queue import budget
from sources.readers import document_text
from sources.readers.document_text import Unread

PURPOSES = ("judge_pair", "contradiction", "safety")
"""What for: the pair cannot be judged without it; the records contradict each other; a child may be in danger."""

LARGEST_IMAGE = 3 * 1024 * 1024
IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


@dataclass(frozen=True)
class Closed:
    """A closed document about one of the two records: what it is, never what it says."""

    testimony_id: int
    kind: str
    handling_code: str
    is_image: bool
    added_at: datetime


@dataclass(frozen=True)
class Opened:
    """An opened document: its text, or an image as a `data:` address; with neither, `unread` says why.

    `cut` when the text is longer than what is given.
    """

    closed: Closed
    text: str
    image: str
    cut: bool
    unread: Unread | None = None


def closed(user: User, candidate_id: int) -> list[Closed]:
    """Return the documents that are attached to the records of the pair this person holds.

    Raises:
        ReviewError: The person does not hold the candidate.
    """
    candidate = _held(user, candidate_id)
    return [_closed(found) for found in _of(candidate)]


def open_document(user: User, candidate_id: int, testimony_id: int, purpose: str) -> Opened:
    """Open one document for a purpose, and log who opened it, when and what for.

    Raises:
        ReviewError: A role that may not, no purpose, a pair the person does not hold, or a document of other records.
        EvidenceError: The bytes are missing or changed.
    """
    permissions.require(user, permissions.TESTIMONY)
    if purpose not in PURPOSES:
        raise ReviewError("purpose", "Say for what it is opened", f"Choose one of {', '.join(PURPOSES)}")
    _held(user, candidate_id)
    budget.open_pair(user, candidate_id)
    with transaction.atomic():
        candidate = _held(user, candidate_id)
        found = next((t for t in _of(candidate) if t.pk == testimony_id), None)
        if found is None:
            raise ReviewError("unknown", "There is no such document about this pair")
        opened = _read(found)
        actor = custody.Actor(user.username, user)
        custody.opened(found.evidence.sha256, actor, purpose, found.record, testimony=testimony_id)
        facts = {"purpose": purpose, "candidate": candidate_id, "records": [found.record_id]}
        audit.append(str(user.pk), "testimony.opened", "testimony", str(testimony_id), facts)
    return opened


def _held(user: User, candidate_id: int) -> Candidate:
    held = Candidate.objects.filter(
        pk=candidate_id, reserved_by=user, reserved_until__gt=timezone.now(), status__in=UNDECIDED
    ).first()
    if held is None or not permissions.may(user, permissions.JUDGE):
        raise ReviewError("not_reserved", "The candidate is not reserved for this person", "Take the next one")
    return held


def _of(candidate: Candidate) -> list[Testimony]:
    pair = [candidate.left_id, candidate.right_id]
    return list(Testimony.objects.select_related("evidence").filter(record__in=pair).order_by("pk"))


def _closed(found: Testimony) -> Closed:
    image = found.evidence.media_type in IMAGES
    return Closed(found.pk, found.kind, found.handling_code, image, found.added_at)


def _read(found: Testimony) -> Opened:
    sha256, media_type = found.evidence.sha256, found.evidence.media_type
    if not store.is_sound(sha256):
        raise EvidenceError("The bytes of this document are missing or changed", sha256[:12], "Restore the evidence")
    closed = _closed(found)
    if closed.is_image:
        if found.evidence.size > LARGEST_IMAGE:
            return Opened(closed, "", "", cut=True, unread=Unread.DEMANDING)
        with store.open(sha256) as file:
            data = base64.b64encode(file.read()).decode()
        return Opened(closed, "", f"data:{media_type};base64,{data}", cut=False)
    with store.plain(sha256) as path:
        said = document_text.text_of(path, media_type)
    return Opened(closed, said.text, "", cut=said.cut, unread=said.unread)
