"""Words of custody, of who collected a list, and of corrections are ciphertext.

1. Columns for the ciphertext; rows of before are sealed by the next migration. What binds them rests until then.
2. The hash of a custody entry stays that of its words: the database is told them when an entry is written, makes the hash, and forgets
   them; whoever checks a hash tells them again (`registry_custody_hash_of`).
"""

from django.db import migrations, models

COLUMNS = """
DROP TRIGGER batch_keeps_its_facts ON registry_batch;
DROP TRIGGER append_only ON registry_custodyentry;
DROP TRIGGER append_only ON registry_correction;
ALTER TABLE registry_batch ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE registry_custodyentry ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE registry_correction ALTER COLUMN sealed SET STORAGE EXTERNAL;
"""

HASH = """
CREATE FUNCTION registry_custody_hash_of(entry registry_custodyentry, told jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    entry.facts := told;
    RETURN registry_custody_hash(entry);
END $$;

CREATE OR REPLACE FUNCTION registry_custody_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.at := clock_timestamp();
    NEW.hash := registry_custody_hash(NEW);
    NEW.facts := '{}';
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """Columns and functions."""

    dependencies = [("registry", "0057_sealed_rows_written")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        migrations.AddField("batch", "sealed", models.BinaryField(null=True)),
        migrations.AddField("custodyentry", "sealed", models.BinaryField(null=True)),
        migrations.AddField("correction", "sealed", models.BinaryField(null=True)),
        migrations.SeparateDatabaseAndState(
            [],
            [
                migrations.RemoveField("custodyentry", "facts"),
                migrations.AddField("custodyentry", "bound", models.JSONField(db_column="facts", default=dict)),
            ],
        ),
        migrations.RunSQL(COLUMNS),
        migrations.RunSQL(HASH),
    ]
