"""Coming and going: sign-in, sign-out, password, language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from registry.access import accounts
from registry.models import User
from review.language import LANGUAGES, remember

if TYPE_CHECKING:
    _PasswordView = FormView[PasswordChangeForm]
else:
    _PasswordView = FormView


class SignInForm(AuthenticationForm):
    """Name and password; the answer to a failure is one and the same, whatever the reason."""

    error_messages = {  # noqa: RUF012 - the form's own declaration
        "invalid_login": _(
            "This name and password do not fit together. After five failures in a row nobody can sign in from here "
            "under this name for a quarter of an hour."
        ),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")


class SignIn(LoginView):
    """Checks name and password, then the second factor; the team's OpenID Connect provider is offered beside."""

    template_name = "review/login.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the team's provider when one is configured."""
        return super().get_context_data(providers=settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"], **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on to the second factor, or sign in where there is none."""
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        credentials = {"username": form.get_user().get_username()}
        return cast(HttpResponse, perform_password_login(self.request, credentials, login))


class SignOut(LogoutView):
    """Ends the session; a pair still held goes back when its reservation runs out."""

    next_page = "review:login"


class ChangePassword(LoginRequiredMixin, _PasswordView):
    """Lets a person choose a new password, which keeps this session and ends their others."""

    template_name = "review/password.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("review:home")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the account whose old password it checks."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Keep the new password and say so."""
        user = self.request.user
        assert isinstance(user, User)
        accounts.set_password(user, form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("Your new password is kept."))
        return super().form_valid(form)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch between Ukrainian and English, for this browser and, when somebody is signed in, for their account."""
    chosen = request.POST.get("language", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = reverse("review:home")
    response = HttpResponseRedirect(back)
    if chosen in LANGUAGES:
        translation.activate(chosen)
        if isinstance(request.user, User):
            accounts.set_language(request.user, chosen)
        remember(response, chosen)
    return response
