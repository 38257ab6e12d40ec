"""The words of the registry as tables, one module per concept."""

from __future__ import annotations

from registry.models.audit import AuditEntry, Opening, OpeningKind, QueueLimit
from registry.models.blocks import BucketPage, LinkedRecord, RecordBuckets
from registry.models.candidate import (
    Candidate,
    CandidateStatus,
    ExplanationLayout,
    FilterFacts,
    Run,
    RunStatus,
    Skip,
)
from registry.models.consent import WithheldRow
from registry.models.correction import Correction, CorrectionKind
from registry.models.custody import CustodyAct, CustodyEntry
from registry.models.export import ExportKind, ExportPurpose, ExportRequest
from registry.models.gold import GoldItem, GoldReview
from registry.models.identity import (
    EventKind,
    Identity,
    IdentityEvent,
    IdentityLink,
    IdentityMember,
    IdentityStatus,
)
from registry.models.intake import Batch, Evidence, QuarantinedRow, QuarantineOutcome, Source
from registry.models.record import Record
from registry.models.record_facts import (
    DeskFacts,
    GroupKind,
    RecordGroup,
    RosterMeeting,
)
from registry.models.review import ESCALATION_REASONS, REASONS, Escalation, Note, Review, Verdict, Withdrawal
from registry.models.snapshot import ChangeKind, RecordChange, Sighting
from registry.models.testimony import Testimony, TestimonyKind
from registry.models.user import ApiToken, Role, Session, SignInFailures, User

__all__ = [
    "ESCALATION_REASONS",
    "REASONS",
    "ApiToken",
    "AuditEntry",
    "Batch",
    "BucketPage",
    "Candidate",
    "CandidateStatus",
    "ChangeKind",
    "Correction",
    "CorrectionKind",
    "CustodyAct",
    "CustodyEntry",
    "DeskFacts",
    "Escalation",
    "EventKind",
    "Evidence",
    "ExplanationLayout",
    "ExportKind",
    "ExportPurpose",
    "ExportRequest",
    "FilterFacts",
    "GoldItem",
    "GoldReview",
    "GroupKind",
    "Identity",
    "IdentityEvent",
    "IdentityLink",
    "IdentityMember",
    "IdentityStatus",
    "LinkedRecord",
    "Note",
    "Opening",
    "OpeningKind",
    "QuarantineOutcome",
    "QuarantinedRow",
    "QueueLimit",
    "Record",
    "RecordBuckets",
    "RecordChange",
    "RecordGroup",
    "Review",
    "Role",
    "RosterMeeting",
    "Run",
    "RunStatus",
    "Session",
    "Sighting",
    "SignInFailures",
    "Skip",
    "Source",
    "Testimony",
    "TestimonyKind",
    "User",
    "Verdict",
    "Withdrawal",
    "WithheldRow",
]
