"""Two constraints had one name, at which Django's own checks stop; the newer one gets another."""

from django.db import migrations, models

KINDS = models.Q(("kind__in", ["split", "merge", "retract"]))


class Migration(migrations.Migration):
    """Rename it; nothing is checked anew."""

    dependencies = [("registry", "0040_sealed_notes_written")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        migrations.RunSQL(
            "ALTER TABLE registry_identitychange RENAME CONSTRAINT change_known_kind TO identity_change_known_kind",
            "ALTER TABLE registry_identitychange RENAME CONSTRAINT identity_change_known_kind TO change_known_kind",
            state_operations=[
                migrations.RemoveConstraint("identitychange", "change_known_kind"),
                migrations.AddConstraint(
                    "identitychange", models.CheckConstraint(condition=KINDS, name="identity_change_known_kind")
                ),
            ],
        )
    ]
