"""Setting up a second factor: the first one needs the code that was handed over with the account.

From then on only sessions that have proved the factor stay: this one has just done so, all others are ended.
"""

from __future__ import annotations

from typing import Any, cast

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.views import AddWebAuthnView
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from registry.access import accounts, sessions
from registry.models import User
from review.sign_in import handed_codes

PROOFS = frozenset({"mfa", "socialaccount"})
"""Ways of signing in that include a second factor: one's own, or that of the team's provider."""


def proved(request: HttpRequest, user: User) -> bool:
    """Tell whether this session itself has proved a second factor."""
    return any(record.get("method") in PROOFS for record in get_authentication_records(request, user))


class _HandedOver(forms.Form):
    """Asks for the code that was handed over, where the account has no second factor yet."""

    user: User

    def __init__(self, *args: Any, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_code:
            self.fields["handed_code"] = forms.CharField(
                label=_("Code that was handed to you with your account"),
                help_text=_("It is good for a day. If you have none, ask whoever looks after accounts."),
                max_length=40,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
            self.order_fields(["handed_code"])

    def clean_handed_code(self) -> str:
        """Return the code when it fits; a wrong one counts as a wrong second factor."""
        code = str(self.cleaned_data["handed_code"])
        if accounts.locked(self.user) or not handed_codes.fits(self.user, code):
            accounts.note_failure(self.user, "enrolment_code")
            raise forms.ValidationError(_("This is not the code, or it is older than a day."))
        return code


class CodesForm(_HandedOver, ActivateTOTPForm):  # type: ignore[misc]
    """Sets up one-time codes."""


class KeyForm(_HandedOver, AddWebAuthnForm):  # type: ignore[misc]
    """Sets up a security key."""


class _Enrolling:
    """Spends the handed code, marks this session as proved and ends the others, all or nothing."""

    request: HttpRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form whether it asks for the handed code."""
        kwargs = cast(dict[str, Any], super().get_form_kwargs())  # type: ignore[misc]
        return {**kwargs, "needs_code": not proved(self.request, cast(User, self.request.user))}

    def form_valid(self, form: _HandedOver) -> HttpResponse:
        """Add the factor."""
        user = cast(User, self.request.user)
        with transaction.atomic():
            if "handed_code" in form.fields and not handed_codes.spend(user, form.cleaned_data["handed_code"]):
                form.add_error("handed_code", _("This is not the code, or it is older than a day."))
                return cast(HttpResponse, self.form_invalid(form))  # type: ignore[attr-defined]
            answer = cast(HttpResponse, super().form_valid(form))  # type: ignore[misc]
            record_authentication(self.request, user, "mfa", enrolled=True)
            sessions.end_others(user, self.request.session.session_key, "enrolment")
        return answer


class ActivateCodes(_Enrolling, ActivateTOTPView):  # type: ignore[misc]
    """Sets up one-time codes."""


class AddKey(_Enrolling, AddWebAuthnView):  # type: ignore[misc]
    """Sets up a security key."""
