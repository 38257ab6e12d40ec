"""How allauth fits this house: no sign-up, no mail, encrypted second factors, one lock for all kinds of failures."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.adapter import get_adapter as get_second_factor_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import MultiFernet
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

import keys
from configs.settings import settings
from registry.access import accounts
from registry.models import User
from review.language import remember
from review.sign_in import known_devices
from review.sign_in.access import refused

SILENT_MESSAGES = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by hand; nothing is mailed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **more: Any
    ) -> None:
        """Show allauth's messages, but not that somebody has signed in or out."""
        if message_template not in SILENT_MESSAGES:
            super().add_message(request, level, message_template, *args, **more)

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Go on to the page that was wanted; from now on this browser speaks the person's language."""
        response = cast(HttpResponse, super().post_login(request, user, **more))
        remember(response, user.language)
        mark_browser(request, response, user)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: no data and no hint of an account leaves by mail."""


def mark_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Mark this browser as one from which the person has signed in."""
    response.set_cookie(
        known_devices.COOKIE,
        known_devices.value_for(user, request.COOKIES.get(known_devices.COOKIE, "")),
        max_age=known_devices.GOOD_FOR,
        secure=settings().https,
        httponly=True,
        samesite="Strict",
    )


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of one-time codes encrypted: a copy of the database gives nobody a second factor."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret with the ring's key for second factors."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret."""
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing."""


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets people in through the team's OpenID Connect provider when their account has been linked to it by hand."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody signs up by themselves."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse an unknown person with a page of our own.

        Raises:
            ImmediateHttpResponse: No account is linked to this subject.
        """
        if not sociallogin.is_existing:
            raise ImmediateHttpResponse(
                refused(
                    request,
                    _("No account belongs to this sign-in"),
                    _("Accounts are given by hand. Turn to the person who looks after accounts in your team."),
                )
            )


class _Locking(BaseAuthenticateForm):  # type: ignore[misc]
    """Counts wrong codes like wrong passwords: five in a row lock the account."""

    def clean_code(self) -> str:
        """Return the code when it is right and the account is not locked."""
        user = cast(User, self.user)
        if accounts.locked(user):
            raise get_second_factor_adapter().validation_error("incorrect_code")
        try:
            return cast(str, super().clean_code())
        except ValidationError:
            accounts.note_failure(user, "second_factor")
            raise


class CodeForm(_Locking, AuthenticateForm):  # type: ignore[misc]
    """A one-time or recovery code at sign-in."""


class CodeAgainForm(_Locking, ReauthenticateForm):  # type: ignore[misc]
    """A one-time or recovery code before something delicate is done."""


def _fernet() -> MultiFernet:
    return keys.fernet(keys.Purpose.SECOND_FACTORS, "second factors")
