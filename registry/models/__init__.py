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
from registry.models.constellation import (
    OriginKind,
    Support,
    Transfer,
    TransferGain,
    TransferMember,
    TransferStatement,
)
from registry.models.correction import Correction, CorrectionKind
from registry.models.custody import CustodyAct, CustodyEntry
from registry.models.export import ExportKind, ExportPurpose, ExportRequest
from registry.models.feed.answer import DISPUTE_REASONS, AnswerKind, ConsumerAnswer, DisputeSettlement
from registry.models.feed.consumer import ApiToken, Consumer, ConsumerPurpose, ConsumerTerms
from registry.models.feed.position import ConsumerPosition, Delivery, EpochReason, FeedEpoch, FeedRead
from registry.models.feed.webhook import WebhookEndpoint, WebhookMessage, WebhookSecret, WebhookState
from registry.models.identity import (
    CHANGE_REASONS,
    REOPEN_REASONS,
    SETTLE_REASONS,
    Contradiction,
    EventKind,
    Identity,
    IdentityChange,
    IdentityChangeKind,
    IdentityEvent,
    IdentityMember,
    IdentityStatus,
    Judgement,
    PendingUnion,
    Reopening,
    Says,
    Settlement,
)
from registry.models.intake import Batch, DataKey, Evidence, QuarantinedRow, QuarantineOutcome, Source
from registry.models.record import Record
from registry.models.record_facts import (
    DeskFacts,
    GroupKind,
    RecordGroup,
    RosterMeeting,
)
from registry.models.review import (
    ESCALATION_REASONS,
    REASONS,
    Escalation,
    GoldItem,
    GoldReview,
    Note,
    Review,
    Verdict,
    Withdrawal,
)
from registry.models.snapshot import ChangeKind, RecordChange, Sighting
from registry.models.testimony import Testimony, TestimonyKind
from registry.models.user import Role, Session, SignInFailures, User

__all__ = [
    "CHANGE_REASONS",
    "DISPUTE_REASONS",
    "ESCALATION_REASONS",
    "REASONS",
    "REOPEN_REASONS",
    "SETTLE_REASONS",
    "AnswerKind",
    "ApiToken",
    "AuditEntry",
    "Batch",
    "BucketPage",
    "Candidate",
    "CandidateStatus",
    "ChangeKind",
    "Consumer",
    "ConsumerAnswer",
    "ConsumerPosition",
    "ConsumerPurpose",
    "ConsumerTerms",
    "Contradiction",
    "Correction",
    "CorrectionKind",
    "CustodyAct",
    "CustodyEntry",
    "DataKey",
    "Delivery",
    "DeskFacts",
    "DisputeSettlement",
    "EpochReason",
    "Escalation",
    "EventKind",
    "Evidence",
    "ExplanationLayout",
    "ExportKind",
    "ExportPurpose",
    "ExportRequest",
    "FeedEpoch",
    "FeedRead",
    "FilterFacts",
    "GoldItem",
    "GoldReview",
    "GroupKind",
    "Identity",
    "IdentityChange",
    "IdentityChangeKind",
    "IdentityEvent",
    "IdentityMember",
    "IdentityStatus",
    "Judgement",
    "LinkedRecord",
    "Note",
    "Opening",
    "OpeningKind",
    "OriginKind",
    "PendingUnion",
    "QuarantineOutcome",
    "QuarantinedRow",
    "QueueLimit",
    "Record",
    "RecordBuckets",
    "RecordChange",
    "RecordGroup",
    "Reopening",
    "Review",
    "Role",
    "RosterMeeting",
    "Run",
    "RunStatus",
    "Says",
    "Session",
    "Settlement",
    "Sighting",
    "SignInFailures",
    "Skip",
    "Source",
    "Support",
    "Testimony",
    "TestimonyKind",
    "Transfer",
    "TransferGain",
    "TransferMember",
    "TransferStatement",
    "User",
    "Verdict",
    "WebhookEndpoint",
    "WebhookMessage",
    "WebhookSecret",
    "WebhookState",
    "Withdrawal",
    "WithheldRow",
]
