"""Second factors under a new key: each secret is opened with its old key and sealed with the newest."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

import keys

SEALED = ("secret", "seed")
"""What allauth keeps sealed of one-time codes and of recovery codes; codes of an older allauth are a list."""
SEALED_LISTS = ("migrated_codes",)


def rewrap() -> int:
    """Seal all secrets of second factors with the newest key, a row at a time, and return how many rows there are.

    A killed run is finished by the next; people sign in meanwhile, for both keys open what is there.
    """
    sealing = keys.fernet(keys.Purpose.SECOND_FACTORS, "second factors")
    done = 0
    for number in Authenticator.objects.values_list("pk", flat=True).order_by("pk"):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=number).first()
            if row is None:
                continue
            for name in SEALED:
                if row.data.get(name):
                    row.data[name] = sealing.rotate(row.data[name].encode()).decode()
            for name in SEALED_LISTS:
                if row.data.get(name):
                    row.data[name] = [sealing.rotate(code.encode()).decode() for code in row.data[name]]
            row.save(update_fields=["data"])
            done += 1
    return done
