"""Addresses of allauth that Ridni uses, by hand: none for sign-up, mail or lost passwords.

The names are those by which allauth finds them.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as provider
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import path

from review.sign_in import enrolment
from review.views import session

urlpatterns = [
    path("login/", session.SignIn.as_view(), name="account_login"),
    path("logout/", session.SignOut.as_view(), name="account_logout"),
    path("login/code/", second_factor.authenticate, name="mfa_authenticate"),
    path("login/closed/", account.account_inactive, name="account_inactive"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("confirm/code/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/key/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second-factor/", second_factor.index, name="mfa_index"),
    path("second-factor/codes/add/", enrolment.ActivateCodes.as_view(), name="mfa_activate_totp"),
    path("second-factor/codes/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/recovery/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/recovery/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-factor/recovery/file/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("second-factor/keys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("second-factor/keys/add/", enrolment.AddKey.as_view(), name="mfa_add_webauthn"),
    path("second-factor/keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("second-factor/keys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("login/by/<str:provider_id>/", openid_connect.login, name="openid_connect_login"),
    path("login/by/<str:provider_id>/back/", openid_connect.callback, name="openid_connect_callback"),
    path("login/with/cancelled/", provider.login_cancelled, name="socialaccount_login_cancelled"),
    path("login/with/error/", provider.login_error, name="socialaccount_login_error"),
]
