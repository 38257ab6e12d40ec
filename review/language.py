"""The language of a browser, kept in a cookie."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
YEAR = 365 * 24 * 60 * 60


def remember(response: HttpResponse, chosen: str) -> None:
    """Let this browser speak a language from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
