"""How often somebody may guess: by name and address together, by address, and by name.

Five wrong passwords for one name from one address close this name for this address for a quarter of an hour, and nobody
else. Thirty from one address, whatever the names, close the address. A name alone is closed only by a hundred failures
in an hour, which takes twenty addresses, and only to browsers that have never signed in to it: a browser that has is
counted by itself. Names and addresses are kept as keyed digests and for a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest

from registry.access.guessing import CLOSED_FOR, Bucket, any_closed, key_of, network_of
from registry.models import SignInFailures, User
from review.sign_in import known_devices


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in, with the buckets in which its failure counts, the narrowest first."""

    buckets: tuple[Bucket, ...]
    known: bool

    @property
    def closed(self) -> bool:
        """Tell whether one of the buckets is closed just now."""
        return any_closed(*self.buckets)

    def failed(self) -> bool:
        """Count a failure; tells whether it has closed something."""
        closed = [bucket.failed() for bucket in self.buckets]  # each of them counts
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
        return Attempt((Bucket(key_of("terminal", name), 5, quarter),), known=False)
    device = known_devices.knows(request.COOKIES.get(known_devices.COOKIE, ""), user)
    if device:
        return Attempt((Bucket(key_of("device", device, name), 5, quarter),), known=True)
    network = network_of(request.META.get("REMOTE_ADDR", ""))
    return Attempt(
        (
            Bucket(key_of("name and network", name, network), 5, quarter),
            Bucket(key_of("network", network), 30, quarter),
            Bucket(key_of("name", name), 100, timedelta(hours=1)),
        ),
        known=False,
    )
