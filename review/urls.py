"""Addresses of the review app: a pair is named by its candidate's number, never by a name."""

from __future__ import annotations

from django.urls import path

from review.views import history, home, pair, session

app_name = "review"
urlpatterns = [
    path("", home.home, name="home"),
    path("take/", home.take, name="take"),
    path("nothing/", home.nothing, name="nothing"),
    path("pairs/<int:candidate_id>/", pair.pair, name="pair"),
    path("pairs/<int:candidate_id>/again/", pair.again, name="again"),
    path("pairs/<int:candidate_id>/skip/", pair.skip, name="skip"),
    path("pairs/<int:candidate_id>/release/", pair.release, name="release"),
    path("decided/", pair.decided, name="decided"),
    path("decisions/", history.history, name="history"),
    path("login/", session.SignIn.as_view(), name="login"),
    path("logout/", session.SignOut.as_view(), name="logout"),
    path("password/", session.ChangePassword.as_view(extra_context={"here": "password"}), name="password"),
    path("language/", session.language, name="language"),
]
