"""Questions of people who answer callers, a role for them, and the records that they put before the reviewers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

PROTECT = django.db.models.deletion.PROTECT
ROLES = [
    ("verifier", "verifier"),
    ("adjudicator", "adjudicator"),
    ("lead", "lead"),
    ("data", "data team"),
    ("auditor", "auditor"),
    ("admin", "administrator without data"),
    ("hotline", "answers callers"),
]

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_lookup
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0052_terms_from_last_delivery"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(choices=ROLES, default="verifier", max_length=16),
        ),
        migrations.RemoveConstraint(model_name="user", name="user_known_role"),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=Q(("role__in", [role for role, _ in ROLES])), name="user_known_role"
            ),
        ),
        migrations.CreateModel(
            name="Lookup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                ("purpose", models.CharField(max_length=12)),
                ("case", models.CharField(max_length=40)),
                ("answers", models.PositiveSmallIntegerField()),
                (
                    "asked_by",
                    models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={"indexes": [models.Index(fields=["asked_by", "asked_at"], name="lookup_of_person")]},
        ),
        migrations.AddConstraint(
            model_name="lookup",
            constraint=models.CheckConstraint(
                condition=Q(("purpose__in", ("relative", "authority", "partner", "return"))),
                name="lookup_known_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="lookup",
            constraint=models.CheckConstraint(condition=Q(("answers__lte", 3)), name="lookup_three_at_most"),
        ),
        migrations.CreateModel(
            name="LookupAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lead_at", models.DateTimeField(null=True)),
                (
                    "lookup",
                    models.ForeignKey(on_delete=PROTECT, related_name="told", to="registry.lookup"),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="registry.record"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=Q(("lead_at__isnull", False)), fields=["record"], name="lookup_lead")
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER append_only ON registry_lookup"),
    ]
