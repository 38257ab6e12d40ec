"""The code that is handed over with an account: whoever has only the password cannot add a second factor of their own.

Without it the first person with a new account's password would choose what proves the account from then on. A code is
made with the account, after a lost factor was taken away, or when asked for; it is good for one use within a day.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from registry import audit
from registry.errors import RegistryError
from registry.models import User

GOOD_FOR = timedelta(days=1)
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody takes for another when they are read out."""
GROUPS, GROUP = 4, 4
"""Four groups of four letters: 80 bits, so that their plain digest tells nothing within a day, or ever."""


def new_code(username: str, actor: str = "system") -> str:
    """Make a code for an account, in place of an earlier one, and return it; it cannot be read again.

    Raises:
        RegistryError: There is no such account, or it is closed.
    """
    letters = "".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP))
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(username=username, is_active=True).first()
        if user is None:
            raise RegistryError(f"There is no open account {username!r}", "", "Look at the list of accounts")
        user.enrolment_code, user.enrolment_until = _digest(letters), timezone.now() + GOOD_FOR
        user.save(update_fields=["enrolment_code", "enrolment_until"])
        audit.append(actor, "enrolment.issued", "user", str(user.pk), {})
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def fits(user: User, code: str) -> bool:
    """Tell whether this is the person's code and still good."""
    stored, until = User.objects.values_list("enrolment_code", "enrolment_until").get(pk=user.pk)
    good = bool(stored) and until is not None and until > timezone.now()
    return secrets.compare_digest(stored if good else "-", _digest(code))


def spend(user: User, code: str) -> bool:
    """Use the person's code up; tells whether it was good, once for two who try at a time."""
    return fits(user, code) and bool(
        User.objects.filter(pk=user.pk, enrolment_code=_digest(code)).update(enrolment_code="", enrolment_until=None)
    )


def _digest(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter in ALPHABET)
    return hashlib.sha256(plain.encode()).hexdigest()
