"""The registry as a Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """What is known: evidence, records, candidates, decisions, identities, audit."""

    name = "registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Log every sign-in, whatever way it was made."""
        from django.contrib.auth.signals import user_logged_in

        user_logged_in.connect(_signed_in, dispatch_uid="registry.sign_in")


def _signed_in(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    from allauth.account.authentication import get_authentication_records

    from registry.access import accounts

    records = get_authentication_records(request, user) if hasattr(request, "session") else []
    accounts.note_sign_in(user, [str(record.get("method")) for record in records])
