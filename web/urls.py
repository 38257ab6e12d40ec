"""Addresses of the web project: the review app and its accounts at the root, the case feed under /api/v1/."""

from __future__ import annotations

from django.urls import include, path

from casefeed.api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("review.urls")),
    path("", include("review.account_urls")),
]
