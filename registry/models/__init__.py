"""The words of the registry as tables, one module per concept."""

from __future__ import annotations

from registry.models.audit import AuditEntry
from registry.models.candidate import Candidate, CandidateStatus, Run, RunStatus, Skip
from registry.models.identity import (
    EventKind,
    Identity,
    IdentityEvent,
    IdentityLink,
    IdentityMember,
    IdentityStatus,
)
from registry.models.intake import Batch, Evidence, QuarantinedRow, Source
from registry.models.record import Record
from registry.models.review import REASONS, Review, Verdict
from registry.models.token import ApiToken
from registry.models.user import Role, User

__all__ = [
    "REASONS",
    "ApiToken",
    "AuditEntry",
    "Batch",
    "Candidate",
    "CandidateStatus",
    "EventKind",
    "Evidence",
    "Identity",
    "IdentityEvent",
    "IdentityLink",
    "IdentityMember",
    "IdentityStatus",
    "QuarantinedRow",
    "Record",
    "Review",
    "Role",
    "Run",
    "RunStatus",
    "Skip",
    "Source",
    "User",
    "Verdict",
]
