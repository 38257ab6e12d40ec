"""The written-out explanations of candidates go: 0018 keeps what they said."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Take the large column away, in a transaction of its own: 0018 has just changed the rows."""

    dependencies = [("registry", "0018_small_candidates")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        migrations.AlterField("candidate", "explanation", models.JSONField(default=list)),
        migrations.RemoveField("candidate", "explanation"),
    ]
