"""Response headers: no foreign or inline script, no framing, no referrer, nothing kept by a browser."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from configs.settings import settings


def _provider_origin() -> str:
    """Return the origin of the team's OpenID Connect provider, to which the sign-in form leads, with a space before."""
    url = urlsplit(settings().oidc_server_url or "")
    return f" {url.scheme}://{url.netloc}" if url.netloc else ""


CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        f"form-action 'self'{_provider_origin()}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


class HeadersMiddleware:
    """Add the policy to every response that passes through Django; static files are answered before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request and add the headers."""
        response = self.get_response(request)
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response
