"""The registry as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """What is known: evidence, records, candidates, decisions, identities, audit."""

    name = "registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"
