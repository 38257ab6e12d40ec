"""Consumers of the feed: who may receive what, for which purpose and on which basis; one asks, another allows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry import audit
from registry.access import field_access, permissions
from registry.errors import RegistryError, ReviewError
from registry.models import ApiToken, Consumer, ConsumerPurpose, ConsumerTerms, User

READ_IDENTITIES = "identities:read"
READ_EVIDENCE = "evidence:read"
"""Where in the evidence each value stands: source, key, hash, locator."""
SCOPES = field_access.scopes() | {READ_IDENTITIES, READ_EVIDENCE}
PURPOSES = tuple(purpose for purpose in ConsumerPurpose.values if purpose != ConsumerPurpose.UNSTATED)
DEFAULT_RATE = 600
MOST_REQUESTS = 60_000


@dataclass(frozen=True)
class Listed:
    """A consumer with the terms that stand and those that wait for a second person."""

    consumer: Consumer
    stands: ConsumerTerms | None
    waits: ConsumerTerms | None
    valid_tokens: int
    next_expiry: datetime | None
    last_used_at: datetime | None

    @property
    def state(self) -> str:
        """Return `closed`, `open`, `waiting`, or `refused`."""
        if self.consumer.closed_at is not None:
            return "closed"
        if self.stands is not None:
            return "open"
        return "waiting" if self.waits is not None else "refused"


def ask(
    user: User,
    name: str,
    purpose: str,
    basis: str,
    *,
    scopes: Collection[str] = (),
    endpoint: str = "",
    writes_to: str = "",
    rate: int = DEFAULT_RATE,
) -> ConsumerTerms:
    """Ask that a consumer may receive identities on these terms: a new one, or other terms of a known one.

    Args:
        user: Who asks; another person decides.
        name: The consumer's name, a system or body, never a person of the data.
        purpose: One of `PURPOSES`.
        basis: The information-sharing protocol or legal basis, by name.
        scopes: What it gets beside verified identities (`identities:read` always is among them).
        endpoint: Where webhooks go, https://…; '' for none.
        writes_to: The case system into which an adapter writes, https://…; '' for none.
        rate: The most requests in a minute.

    Raises:
        ReviewError: The role may not, something is missing or unknown, or terms of this consumer wait already.
    """
    permissions.require(user, permissions.CONSUMERS_ASK)
    name, basis = " ".join(name.split()), " ".join(basis.split())
    if not name or len(name) > 100 or "\x00" in name:
        raise ReviewError("consumer_name", "A consumer needs a name", "Name the system in 100 characters at most")
    if purpose not in PURPOSES:
        raise ReviewError("purpose", "There is no such purpose", f"Choose one of {', '.join(PURPOSES)}")
    if not basis or len(basis) > 300 or "\x00" in basis:
        raise ReviewError("basis", "A consumer needs a protocol or legal basis", "Name it in 300 characters at most")
    if unknown := sorted(set(scopes) - SCOPES):
        raise ReviewError("scope", f"There is no scope {unknown[0]!r}", f"Choose from {', '.join(sorted(SCOPES))}")
    if not 1 <= rate <= MOST_REQUESTS:
        raise ReviewError("rate", "The rate is out of bounds", f"Give 1 to {MOST_REQUESTS} requests in a minute")
    _require_address(endpoint)
    _require_address(writes_to)
    now = timezone.now()
    with transaction.atomic():
        consumer, _ = Consumer.objects.get_or_create(name=name, defaults={"created_at": now})
        if consumer.closed_at is not None:
            raise ReviewError("closed", "This consumer is closed for good", "Choose another name")
        try:
            with transaction.atomic():
                terms = ConsumerTerms.objects.create(
                    consumer=consumer,
                    purpose=purpose,
                    basis=basis,
                    scopes=sorted({READ_IDENTITIES, *scopes}),
                    endpoint=endpoint,
                    writes_to=writes_to,
                    rate=rate,
                    asked_by=user,
                    asked_at=now,
                )
        except IntegrityError:
            raise ReviewError("waits", "Terms of this consumer wait to be decided", "Decide those first") from None
        facts = {"terms": terms.pk, "purpose": purpose, "scopes": terms.scopes, "rate": rate}
        audit.append(str(user.pk), "consumer.asked", "consumer", str(consumer.pk), facts)
    return terms


def decide(user: User, terms_id: int, *, allowed: bool) -> ConsumerTerms:
    """Allow or refuse terms that somebody else has asked for; allowed ones stand at once.

    Raises:
        ReviewError: The role may not, they are one's own, decided already or unknown, or the consumer is closed.
    """
    permissions.require(user, permissions.CONSUMERS_DECIDE)
    with transaction.atomic():
        found = ConsumerTerms.objects.select_for_update(of=("self",)).select_related("consumer")
        terms = found.filter(pk=terms_id).first()
        if terms is None:
            raise ReviewError("unknown", "There is no such request")
        if terms.asked_by_id == user.pk:
            raise ReviewError("own_request", "Nobody allows their own request", "Ask another person")
        if terms.allowed is not None or terms.consumer.closed_at is not None:
            raise ReviewError("decided", "This request has been decided already")
        terms.allowed, terms.decided_by, terms.decided_at = allowed, user, timezone.now()
        terms.save(update_fields=["allowed", "decided_by", "decided_at"])
        action = "consumer.allowed" if allowed else "consumer.refused"
        audit.append(str(user.pk), action, "consumer", str(terms.consumer_id), {"terms": terms.pk})
    return terms


def close(user: User, name: str) -> None:
    """End a consumer for good: none of its tokens is valid any more, and its name is not used again.

    One person is enough: it only takes away.

    Raises:
        ReviewError: The role may not.
        RegistryError: There is no open consumer of this name.
    """
    if not permissions.may(user, permissions.CONSUMERS_DECIDE):
        permissions.require(user, permissions.CONSUMERS_ASK)
    with transaction.atomic():
        consumer = called(name)
        now = timezone.now()
        Consumer.objects.filter(pk=consumer.pk).update(closed_at=now)
        ended = ApiToken.objects.filter(consumer=consumer, revoked_at=None).update(revoked_at=now)
        audit.append(str(user.pk), "consumer.closed", "consumer", str(consumer.pk), {"tokens": ended})


def called(name: str) -> Consumer:
    """Return the open consumer of a name.

    Raises:
        RegistryError: There is none.
    """
    consumer = Consumer.objects.filter(name=name, closed_at=None).first()
    if consumer is None:
        raise RegistryError("There is no consumer of this name", "", "`ridni consumers list` shows them")
    return consumer


def terms_of(consumer: Consumer) -> ConsumerTerms | None:
    """Return the terms that stand for a consumer, or None while nobody has allowed any."""
    if consumer.closed_at is not None:
        return None
    return ConsumerTerms.objects.filter(consumer=consumer, allowed=True).order_by("-decided_at", "-pk").first()


def listing() -> list[Listed]:
    """Return all consumers by name."""
    now = timezone.now()
    listed = []
    for consumer in Consumer.objects.prefetch_related("terms__asked_by", "terms__decided_by", "tokens").order_by(
        "name"
    ):
        terms = sorted(consumer.terms.all(), key=lambda one: (one.decided_at or one.asked_at, one.pk))
        tokens = [token for token in consumer.tokens.all() if token.revoked_at is None and token.expires_at > now]
        used = [token.last_used_at for token in consumer.tokens.all() if token.last_used_at is not None]
        listed.append(
            Listed(
                consumer,
                next((one for one in reversed(terms) if one.allowed), None),
                next((one for one in terms if one.allowed is None), None),
                len(tokens),
                min((token.expires_at for token in tokens), default=None),
                max(used, default=None),
            )
        )
    return listed


def _require_address(endpoint: str) -> None:
    """Refuse what is no address of a server; to which network it leads is asked each time before anything is sent."""
    if not endpoint:
        return
    try:
        parts = urlsplit(endpoint)
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username or parts.password or parts.fragment or len(endpoint) > 500:
        raise ReviewError(
            "endpoint", "This is no address of a server", "Give https://host/path, without a name or password in it"
        )
