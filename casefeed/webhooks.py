"""Webhooks as Standard Webhooks describes them: thin, signed, in order for each identity, to public addresses only.

A body has ids and codes; who wants to know asks the feed. An address is resolved for each attempt, every network that
is not public is refused, and the connection goes to the very address that was looked at. No redirect is followed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.utils import timezone
from standardwebhooks import Webhook

from casefeed import cloud_events
from configs.settings import settings
from registry.access import consumers
from registry.identities import feed_position, outbox
from registry.identities.consumer_state import canonical
from registry.identities.feed_position import Position
from registry.models import WebhookMessage

TIMEOUT = 20.0
"""Seconds for an attempt; the specification says 15 to 30."""
LONGEST_WAIT = timedelta(days=1)
LONGEST_ANSWER = 64 * 1024
"""Bytes of an answer that are read; more is no answer to a webhook."""


class Unreachable(Exception):
    """An address that may not be reached from here, or cannot be."""


def deliver(limit: int = 50) -> Counter[str]:
    """Make one attempt for each message that is due, and count where they stand then."""
    counts: Counter[str] = Counter()
    now = feed_position.current()
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
        for message in outbox.claim(limit):
            status, retry_after = attempt(client, message, now)
            counts[outbox.answered(message, status, retry_after)] += 1
    return counts


def attempt(client: httpx.Client, message: WebhookMessage, now: Position) -> tuple[int, timedelta | None]:
    """Send a message once; return the status, 0 for none, and what the endpoint asks to wait."""
    terms = consumers.terms_of(message.consumer)
    secrets = outbox.secrets_of(message.consumer)
    if terms is None or not terms.endpoint or not secrets:
        return 0, None
    body = body_of(message, now)
    sent_at = datetime.now(UTC).replace(microsecond=0)
    number = feed_position.cursor_of(now.epoch, message.event_id).replace(".", "_")
    headers = {
        "content-type": "application/json",
        "user-agent": "ridni-webhooks/1",
        "webhook-id": number,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": signature(secrets, number, sent_at, body),
    }
    try:
        url, host = pinned(terms.endpoint)
        with client.stream(
            "POST", url, content=body, headers=headers | {"host": host}, extensions={"sni_hostname": _name(host)}
        ) as response:
            read = 0
            for piece in response.iter_bytes():
                read += len(piece)
                if read > LONGEST_ANSWER:
                    break
            return response.status_code, _retry_after(response.headers.get("retry-after", ""))
    except (httpx.HTTPError, httpx.InvalidURL, Unreachable, OSError):
        return 0, None


def body_of(message: WebhookMessage, now: Position) -> bytes:
    """Write what is sent: the kind, the time of the event, and ids."""
    event = message.event
    told = cloud_events.event((event.pk, event.identity_id, event.kind, event.at, event.data), now)
    data: dict[str, Any] = told["data"] | {"cursor": told["id"], "sequence": event.pk}
    return canonical({"type": f"identity.{event.kind}", "timestamp": told["time"], "data": data})


def signature(secrets: Sequence[str], number: str, sent_at: datetime, body: bytes) -> str:
    """Sign with each of the secrets, parted by blanks: a receiver that knows one of them is served."""
    return " ".join(Webhook(secret).sign(number, sent_at, body.decode()) for secret in secrets)


def pinned(endpoint: str) -> tuple[str, str]:
    """Resolve an endpoint; return its address with the host's number in it, and the host as it is called.

    Raises:
        Unreachable: It has no address, or any of its addresses is not public.
    """
    parts = urlsplit(endpoint)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as fault:
        raise Unreachable from fault
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    loopback = settings().webhook_loopback and all(one.is_loopback for one in addresses)
    if not addresses or not (loopback or all(_is_public(one) for one in addresses)):
        raise Unreachable
    if parts.scheme != "https" and not loopback:
        raise Unreachable
    number = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{number}:{port}{parts.path or '/'}{query}", parts.netloc


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if within is not None and not within.is_global:
            return False
    return address.is_global and not address.is_multicast


def _name(netloc: str) -> str:
    return urlsplit(f"//{netloc}").hostname or ""


def _retry_after(said: str) -> timedelta | None:
    """Read Retry-After, seconds or a date; a day at most."""
    if said.isascii() and said.isdecimal() and len(said) < 9:
        return min(timedelta(seconds=int(said)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - timezone.now()
    return min(max(wait, timedelta()), LONGEST_WAIT)
