"""How often somebody may guess: by name and address together, by address, and by name.

Five wrong passwords for one name from one address close this name for this address for a quarter of an hour, and nobody
else. Thirty from one address, whatever the names, close the address. A name alone is closed only by a hundred failures
in an hour, which takes twenty addresses, and only to browsers that have never signed in to it: a browser that has is
counted by itself. Names and addresses are kept as keyed digests and for a day.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from registry import keys
from registry.models import SignInFailures, User
from review.sign_in import known_devices

CLOSED_FOR = timedelta(minutes=15)
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Bucket:
    """Failures that are counted together: `most` within `window` close it."""

    key: str
    most: int
    window: timedelta


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in, with the buckets in which its failure counts, the narrowest first."""

    buckets: tuple[Bucket, ...]
    known: bool

    @property
    def closed(self) -> bool:
        """Tell whether one of the buckets is closed just now."""
        keys = [bucket.key for bucket in self.buckets]
        return SignInFailures.objects.filter(bucket__in=keys, closed_until__gt=timezone.now()).exists()

    def failed(self) -> bool:
        """Count a failure; tells whether it has closed something."""
        closed = [_count(bucket) for bucket in self.buckets]  # each of them counts
        return any(closed)

    def succeeded(self) -> None:
        """Forget the failures of this name from here; those of the address stay, whoever else it may be."""
        SignInFailures.objects.filter(bucket=self.buckets[0].key).delete()


def attempt(request: HttpRequest | None, username: str, user: User | None) -> Attempt:
    """Return the attempt that a request makes; without a request it is one from the server's own terminal."""
    quarter = CLOSED_FOR
    # A new password opens the name again everywhere: failures against the old one say nothing of it.
    name = username.casefold() + ("\0" + user.get_session_auth_hash() if user else "")
    if request is None:
        return Attempt((Bucket(_key("terminal", name), 5, quarter),), known=False)
    device = known_devices.knows(request.COOKIES.get(known_devices.COOKIE, ""), user)
    if device:
        return Attempt((Bucket(_key("device", device, name), 5, quarter),), known=True)
    network = network_of(request.META.get("REMOTE_ADDR", ""))
    return Attempt(
        (
            Bucket(_key("name and network", name, network), 5, quarter),
            Bucket(_key("network", network), 30, quarter),
            Bucket(_key("name", name), 100, timedelta(hours=1)),
        ),
        known=False,
    )


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


COUNT = """
INSERT INTO registry_signinfailures AS f (bucket, failures, since) VALUES (%(bucket)s, 1, %(now)s)
ON CONFLICT (bucket) DO UPDATE SET
    failures = CASE WHEN f.since < %(start)s THEN 1 ELSE f.failures + 1 END,
    since = CASE WHEN f.since < %(start)s THEN %(now)s ELSE f.since END
RETURNING failures
"""


def _count(bucket: Bucket) -> bool:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"bucket": bucket.key, "now": now, "start": now - bucket.window})
        failures = int(cursor.fetchone()[0])
    if failures < bucket.most:
        return False
    SignInFailures.objects.filter(since__lt=now - KEPT).delete()
    SignInFailures.objects.filter(bucket=bucket.key).update(failures=0, closed_until=now + CLOSED_FOR)
    return True


def _key(*parts: str) -> str:
    key = keys.derived(keys.Purpose.SESSIONS, "sign-in limits")
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), key=key, digest_size=32).hexdigest()
