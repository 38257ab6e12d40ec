"""How often somebody may guess a password, a code or a token: failures are counted together in buckets that close.

What they are counted by (names, addresses) is kept as keyed digests and for a day.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

import keys
from registry.models import SignInFailures

CLOSED_FOR = timedelta(minutes=15)
KEPT = timedelta(days=1)

COUNT = """
INSERT INTO registry_signinfailures AS f (bucket, failures, since) VALUES (%(bucket)s, 1, %(now)s)
ON CONFLICT (bucket) DO UPDATE SET
    failures = CASE WHEN f.since < %(start)s THEN 1 ELSE f.failures + 1 END,
    since = CASE WHEN f.since < %(start)s THEN %(now)s ELSE f.since END
RETURNING failures
"""


@dataclass(frozen=True)
class Bucket:
    """Failures that are counted together: `most` within `window` close it."""

    key: str
    most: int
    window: timedelta

    def failed(self) -> bool:
        """Count a failure; tells whether it has closed the bucket."""
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(COUNT, {"bucket": self.key, "now": now, "start": now - self.window})
            failures = int(cursor.fetchone()[0])
        if failures < self.most:
            return False
        SignInFailures.objects.filter(since__lt=now - KEPT).delete()
        SignInFailures.objects.filter(bucket=self.key).update(failures=0, closed_until=now + CLOSED_FOR)
        return True


def any_closed(*buckets: Bucket) -> bool:
    """Tell whether one of these buckets is closed just now."""
    keys = [bucket.key for bucket in buckets]
    return SignInFailures.objects.filter(bucket__in=keys, closed_until__gt=timezone.now()).exists()


def key_of(*parts: str) -> str:
    """Return the keyed digest of what failures are counted by."""
    key = keys.derived(keys.Purpose.SESSIONS, "sign-in limits")
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), key=key, digest_size=32).hexdigest()


def network_of(address: str) -> str:
    """Return the address, of IPv6 its first 64 bits: one household or server has all the rest."""
    try:
        known = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address
    mapped = known.ipv4_mapped if isinstance(known, ipaddress.IPv6Address) else None
    if mapped is not None or known.version == 4:
        return str(mapped or known)
    return str(ipaddress.ip_network((int(known), 64), strict=False))
