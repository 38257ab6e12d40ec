"""What a candidate's score is worth by the verdicts of people, where it is known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the calibrated probability."""

    dependencies = [("registry", "0008_own_records")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        migrations.AddField("candidate", "calibrated_probability", models.FloatField(null=True)),
        migrations.AddConstraint(
            "candidate",
            models.CheckConstraint(
                name="candidate_calibrated_in_range",
                condition=models.Q(("calibrated_probability__range", (0.0, 1.0))),
            ),
        ),
    ]
