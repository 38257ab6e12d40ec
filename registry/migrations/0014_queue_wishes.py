"""Whoever asks for certain pairs only is answered from one index, not from the wide rows of the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Put an index that holds all a filter asks for in the place of one that the planner would not take."""

    dependencies = [("registry", "0013_queue_filters")]

    operations = [
        migrations.RemoveIndex("candidate", "candidate_by_filter"),
        migrations.AddIndex(
            "candidate",
            models.Index(
                models.OrderBy(
                    models.expressions.CombinedExpression(models.F("probability"), "*", models.F("urgency")),
                    descending=True,
                ),
                models.OrderBy(models.F("status"), descending=True),
                models.F("id"),
                condition=models.Q(("escalated", False), ("status__in", ["open", "second"])),
                include=["probability", "urgency", "sources", "regions", "scenario", "born_from", "born_to"],
                name="candidate_by_wish",
            ),
        ),
    ]
