"""Headings of the sign-in library's pages that the Ukrainian pages write in words and letters of their own."""

from __future__ import annotations

from django.utils.translation import gettext_noop

HEADINGS = (
    gettext_noop("Two-Factor Authentication"),
    gettext_noop("Authenticator App"),
    gettext_noop("Activate Authenticator App"),
    gettext_noop("Deactivate Authenticator App"),
    gettext_noop("Security Keys"),
    gettext_noop("Add Security Key"),
    gettext_noop("Edit Security Key"),
    gettext_noop("Remove Security Key"),
    gettext_noop("Recovery Codes"),
    gettext_noop("Confirm Access"),
)
"""Messages of the library whose translation in this room's catalogue comes before the library's own."""
