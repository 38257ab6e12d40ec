"""Bearer tokens of consumers: 256 random bits, shown once, stored as SHA-256, good for half a year.

A new token is made before the old one ends: both are valid for a while, so that a consumer changes over without a gap.
Whoever tries tokens from one address is closed out for a quarter of an hour, and the log tells of it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from registry import audit
from registry.access import consumers
from registry.access.guessing import CLOSED_FOR, Bucket, any_closed, key_of, network_of
from registry.errors import RegistryError
from registry.models import ApiToken, Consumer, ConsumerTerms

PREFIX = "ridni_"
VALID_FOR = timedelta(days=180)
OVERLAP = timedelta(days=7)
USE_NOTED_EVERY = timedelta(minutes=1)
GUESSES = 20
"""Wrong tokens from one address within `GUESSED_WITHIN` that close it."""
GUESSED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Caller:
    """A consumer that has shown a valid token, with the terms that stand for it."""

    consumer: Consumer
    terms: ConsumerTerms

    @property
    def name(self) -> str:
        """Return the consumer's name, under which the log knows it."""
        return self.consumer.name

    @property
    def scopes(self) -> frozenset[str]:
        """Return what the consumer may receive."""
        return frozenset(self.terms.scopes)


class TooManyGuesses(RegistryError):
    """Too many wrong tokens came from one address; it is closed for `CLOSED_FOR`."""

    def __init__(self) -> None:
        minutes = int(CLOSED_FOR.total_seconds() / 60)
        super().__init__("Too many wrong tokens came from this address", "", f"Wait {minutes} minutes")


def issue(name: str, actor: str = "system", valid_for: timedelta = VALID_FOR) -> str:
    """Make a token of a consumer and return it; it cannot be read again. Older ones stay valid.

    Raises:
        RegistryError: There is no such consumer, or nobody has allowed its terms.
    """
    with transaction.atomic():
        consumer = _allowed(name)
        token, made = _make(consumer, valid_for)
        audit.append(actor, "token.issued", "consumer", str(consumer.pk), {"token": made.pk})
    return token


def rotate(name: str, actor: str = "system", overlap: timedelta = OVERLAP) -> str:
    """Make a new token of a consumer; those that it has end when `overlap` has passed, if not before.

    Raises:
        RegistryError: There is no such consumer, or nobody has allowed its terms.
    """
    with transaction.atomic():
        consumer = _allowed(name)
        ends = timezone.now() + overlap
        ended = ApiToken.objects.filter(consumer=consumer, revoked_at=None, expires_at__gt=ends).update(expires_at=ends)
        token, made = _make(consumer, VALID_FOR)
        facts = {"token": made.pk, "ending": ended, "overlap_hours": round(overlap.total_seconds() / 3600)}
        audit.append(actor, "token.rotated", "consumer", str(consumer.pk), facts)
    return token


def revoke(name: str, actor: str = "system", token: int | None = None) -> int:
    """End the tokens of a consumer at once, or one of them by number; returns how many were valid.

    Raises:
        RegistryError: There is no such consumer.
    """
    with transaction.atomic():
        consumer = consumers.called(name)
        found = _valid(ApiToken.objects.filter(consumer=consumer), timezone.now())
        found = found if token is None else found.filter(pk=token)
        revoked = found.update(revoked_at=timezone.now())
        if revoked:
            audit.append(actor, "token.revoked", "consumer", str(consumer.pk), {"tokens": revoked})
    return int(revoked)


def of_consumer(consumer: Consumer) -> list[ApiToken]:
    """Return the valid tokens of a consumer, those that end first first; never the tokens themselves."""
    return list(_valid(ApiToken.objects.filter(consumer=consumer), timezone.now()).order_by("expires_at", "pk"))


def authenticate(plaintext: str, address: str = "") -> Caller | None:
    """Return whose valid token this text is, or None.

    Args:
        plaintext: What was sent.
        address: Whence; wrong tokens are counted by it.

    Raises:
        TooManyGuesses: This one is wrong too, and the address is closed. A valid token is let in from anywhere: nobody
            who guesses locks a consumer behind the same address out.
    """
    now = timezone.now()
    found = _valid(ApiToken.objects.filter(token_hash=_digest(plaintext)), now).select_related("consumer").first()
    terms = consumers.terms_of(found.consumer) if found is not None else None
    if found is None or terms is None:
        _count_guess(address)
        return None
    if found.last_used_at is None or now - found.last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return Caller(found.consumer, terms)


def _count_guess(address: str) -> None:
    if not address:
        return
    bucket = Bucket(key_of("feed", network_of(address)), GUESSES, GUESSED_WITHIN)
    if any_closed(bucket):
        raise TooManyGuesses
    if bucket.failed():
        with transaction.atomic():
            audit.append("system", "token.guessed", "network", bucket.key[:16], {"failures": GUESSES})


def _allowed(name: str) -> Consumer:
    consumer = consumers.called(name)
    if consumers.terms_of(consumer) is None:
        raise RegistryError("Nobody has allowed this consumer's terms yet", "", "`ridni consumers list` says who may")
    return consumer


def _make(consumer: Consumer, valid_for: timedelta) -> tuple[str, ApiToken]:
    token = PREFIX + secrets.token_urlsafe(32)
    ends = timezone.now() + valid_for
    return token, ApiToken.objects.create(consumer=consumer, token_hash=_digest(token), expires_at=ends)


def _valid(found: QuerySet[ApiToken], now: datetime) -> QuerySet[ApiToken]:
    return found.filter(revoked_at=None, expires_at__gt=now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
