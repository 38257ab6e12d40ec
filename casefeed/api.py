"""The case feed: verified identities and their events for case systems."""

from __future__ import annotations

from ninja import NinjaAPI

api = NinjaAPI(title="Ridni case feed", version="1.0.0", urls_namespace="casefeed")
