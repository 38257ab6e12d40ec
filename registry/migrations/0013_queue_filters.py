"""Indices for those who ask for certain pairs only, and for the groups with the most pairs that wait."""

import django.contrib.postgres.indexes
from django.db import migrations, models

QUEUED = models.Q(("escalated", False), ("status__in", ["open", "second"]))


class Migration(migrations.Migration):
    """Add two indices."""

    dependencies = [("registry", "0012_audit_search")]

    operations = [
        migrations.AddIndex(
            "candidate",
            django.contrib.postgres.indexes.GinIndex(
                fields=["sources", "regions"], name="candidate_by_filter", condition=QUEUED
            ),
        ),
        migrations.AddIndex(
            "candidate",
            models.Index(
                fields=["meeting"],
                name="candidate_of_meeting",
                include=["probability", "urgency"],
                condition=models.Q(
                    ("escalated", False), ("meeting__isnull", False), ("status__in", ["open", "second"])
                ),
            ),
        ),
    ]
