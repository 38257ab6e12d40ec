"""Addresses of the review app: a pair is named by its candidate's number, never by a name."""

from __future__ import annotations

from django.urls import path

from review.views import (
    access_log,
    accounts,
    documents,
    exports,
    groups,
    history,
    home,
    pair,
    pair_documents,
    quality,
    session,
)

app_name = "review"
urlpatterns = [
    path("", home.home, name="home"),
    path("take/", home.take, name="take"),
    path("nothing/", home.nothing, name="nothing"),
    path("filter/", home.choose, name="filter"),
    path("groups/", groups.listing, name="groups"),
    path("groups/leave/", groups.leave, name="group_leave"),
    path("groups/<int:meeting_id>/", groups.rows, name="group"),
    path("groups/<int:meeting_id>/take/", groups.take, name="group_take"),
    path("pairs/<int:candidate_id>/", pair.pair, name="pair"),
    path("pairs/<int:candidate_id>/original/", pair.original, name="original"),
    path("pairs/<int:candidate_id>/escalate/", pair.escalate, name="escalate"),
    path("pairs/<int:candidate_id>/other/<int:other_id>/", pair.other, name="other"),
    path("pairs/<int:candidate_id>/documents/", pair_documents.listing, name="documents"),
    path("pairs/<int:candidate_id>/documents/<int:testimony_id>/", pair_documents.opened, name="document"),
    path("pairs/<int:candidate_id>/history/", history.of_pair, name="pair_history"),
    path("pairs/<int:candidate_id>/again/", pair.again, name="again"),
    path("pairs/<int:candidate_id>/skip/", pair.skip, name="skip"),
    path("pairs/<int:candidate_id>/release/", pair.release, name="release"),
    path("decided/", pair.decided, name="decided"),
    path("undo/", pair.undo, name="undo"),
    path("decisions/", history.history, name="history"),
    path("exports/", exports.listing, name="exports"),
    path("exports/ask/", exports.ask, name="export_ask"),
    path("exports/<int:request_id>/decide/", exports.decide, name="export_decide"),
    path("exports/<int:request_id>/fetch/", exports.fetch, name="export_fetch"),
    path("documents/", documents.listing, name="papers"),
    path("documents/add/", documents.add, name="paper_add"),
    path("documents/<int:testimony_id>/", documents.paper, name="paper"),
    path("documents/<int:testimony_id>/observe/", documents.observe, name="paper_observe"),
    path("quality/", quality.page, name="quality"),
    path("quality/gold/", quality.plant, name="gold_plant"),
    path("quality/gold/<int:item_id>/retire/", quality.retire, name="gold_retire"),
    path("accounts/", accounts.listing, name="people"),
    path("accounts/add/", accounts.add, name="person_add"),
    path("accounts/change/", accounts.change, name="person_change"),
    path("log/", access_log.log, name="log"),
    path("login/", session.SignIn.as_view(), name="login"),
    path("logout/", session.SignOut.as_view(), name="logout"),
    path("password/", session.ChangePassword.as_view(extra_context={"here": "password"}), name="password"),
    path("language/", session.language, name="language"),
]
