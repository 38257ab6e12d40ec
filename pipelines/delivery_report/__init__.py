"""Profiles of deliveries: how full a list is, what in it stands for nothing, and how it differs from the last one."""

from __future__ import annotations

from pipelines.delivery_report.measure import Profile, of_batch

__all__ = ["Profile", "of_batch"]
