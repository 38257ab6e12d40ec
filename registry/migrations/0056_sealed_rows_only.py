"""The columns that held records and quarantined rows in clear go, and rows never change again."""

from django.db import migrations, models

RULES = """
CREATE TRIGGER record_never_changes
    BEFORE UPDATE OF id, source_id, batch_id, evidence_id, key, version, observed_on, locator, language, fingerprint, sealed,
        consent
    ON registry_record FOR EACH ROW
    WHEN ((OLD.id, OLD.source_id, OLD.batch_id, OLD.evidence_id, OLD.key, OLD.version, OLD.observed_on, OLD.locator,
           OLD.language, OLD.fingerprint, OLD.sealed, OLD.consent)
          IS DISTINCT FROM
          (NEW.id, NEW.source_id, NEW.batch_id, NEW.evidence_id, NEW.key, NEW.version, NEW.observed_on, NEW.locator,
           NEW.language, NEW.fingerprint, NEW.sealed, NEW.consent))
    EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER quarantined_row_stays BEFORE UPDATE ON registry_quarantinedrow FOR EACH ROW
    WHEN ((OLD.id, OLD.batch_id, OLD.locator, OLD.reason_code, OLD.reason, OLD.sealed, OLD.consent, OLD.key)
          IS DISTINCT FROM
          (NEW.id, NEW.batch_id, NEW.locator, NEW.reason_code, NEW.reason, NEW.sealed, NEW.consent, NEW.key)
          OR (OLD.resolved_at IS NOT NULL
              AND (OLD.resolved_at, OLD.outcome) IS DISTINCT FROM (NEW.resolved_at, NEW.outcome)))
    EXECUTE FUNCTION registry_refuse_change();
"""


class Migration(migrations.Migration):
    """What a home of before held in clear stands in no row any more."""

    dependencies = [("registry", "0055_sealed_rows_moved")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        migrations.RemoveField("record", "payload"),
        migrations.RemoveField("quarantinedrow", "payload"),
        migrations.AlterField("record", "sealed", models.BinaryField()),
        migrations.AlterField("quarantinedrow", "sealed", models.BinaryField()),
        migrations.RunSQL(RULES),
        *(
            migrations.RunSQL(
                f"CREATE INDEX record_shares_{field} ON registry_record (source_id, (shared[{place}]))"
                f" WHERE is_current AND shared[{place}] IS NOT NULL"
            )
            for place, field in enumerate(("surname", "given", "birth"), 1)
        ),
    ]
