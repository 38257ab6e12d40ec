"""Sessions with whose they are, encrypted; codes with which a first second factor is set up.

The sessions that were open are ended: they would be read by nobody, and their rows hold what people did in clear text.
"""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the table of sessions and the code of enrolment, and empty the former table of sessions."""

    dependencies = [("registry", "0014_queue_wishes"), ("sessions", "0001_initial")]

    operations = [
        migrations.AddField("user", "enrolment_code", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("user", "enrolment_until", models.DateTimeField(blank=True, null=True)),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("device", models.CharField(default="", max_length=60)),
                ("started_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.RunSQL("DELETE FROM django_session", migrations.RunSQL.noop),
    ]
