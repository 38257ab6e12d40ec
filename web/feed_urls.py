"""Addresses of `ridni serve feed`: the case feed alone."""

from __future__ import annotations

from django.urls import path

from casefeed.api import api

urlpatterns = [path("api/v1/", api.urls)]
