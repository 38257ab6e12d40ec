"""The case feed as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class CasefeedConfig(AppConfig):
    """What the case system gets."""

    name = "casefeed"
    label = "casefeed"
