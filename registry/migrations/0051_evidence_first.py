"""What people say of a pair by its records alone, before the machine's opinion; nobody changes or removes it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT
VERDICTS = [
    ("same", "Same"),
    ("twice", "Twice"),
    ("different", "Different"),
    ("cannot_tell", "Cannot Tell"),
]

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_provisional
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0050_each_identity_checked_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="source",
            name="evidence_first",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="Provisional",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verdict", models.CharField(choices=VERDICTS, max_length=12)),
                ("reason", models.CharField(max_length=40)),
                ("given_at", models.DateTimeField()),
                ("shown", models.JSONField()),
                (
                    "candidate",
                    models.ForeignKey(on_delete=PROTECT, related_name="provisional", to="registry.candidate"),
                ),
                (
                    "reviewer",
                    models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="provisional",
            constraint=models.UniqueConstraint(fields=("candidate", "reviewer"), name="provisional_once"),
        ),
        migrations.AddConstraint(
            model_name="provisional",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", [code for code, _ in VERDICTS])), name="provisional_known_verdict"
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER append_only ON registry_provisional"),
    ]
