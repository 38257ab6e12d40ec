"""The review room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Pages, words and translations for verifiers."""

    name = "review"
    label = "review"
