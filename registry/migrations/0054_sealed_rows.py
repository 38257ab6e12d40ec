"""Records and quarantined rows hold ciphertext; each key lies apart. What SQL must see of them, consent, is a column.

1. Columns for the ciphertext, and the table of wrapped keys. Rows of before are sealed by the next migration.
2. Consent of a record stays as the database has worked it out, that of a row in quarantine becomes a column.
3. The rules that rows never change rest until their content has moved.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

COLUMNS = """
DROP TRIGGER record_never_changes ON registry_record;
DROP TRIGGER quarantined_row_stays ON registry_quarantinedrow;
ALTER TABLE registry_record ALTER COLUMN payload DROP NOT NULL;
ALTER TABLE registry_quarantinedrow ALTER COLUMN payload DROP NOT NULL;
ALTER TABLE registry_record ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE registry_quarantinedrow ALTER COLUMN sealed SET STORAGE EXTERNAL;
"""

STATED = """
ALTER TABLE registry_record ALTER COLUMN consent DROP EXPRESSION;
UPDATE registry_record SET consent = '' WHERE consent IS NULL;
ALTER TABLE registry_record ALTER COLUMN consent SET NOT NULL, ALTER COLUMN consent SET DEFAULT '';
"""

WAITING = """
UPDATE registry_quarantinedrow SET consent = coalesce(payload ->> 'consent', 'unclear')
WHERE coalesce(payload ->> 'consent', payload #>> '{written,consent}', '') <> '';
DROP INDEX quarantine_speaks_of_consent;
CREATE INDEX quarantine_speaks_of_consent ON registry_quarantinedrow (key)
WHERE resolved_at IS NULL AND key <> '' AND consent <> '';
"""

VIEW = """
CREATE OR REPLACE VIEW registry_withheldrow AS
WITH row_of_identity AS (
    SELECT DISTINCT r.source_id, r.key, m.identity_id
    FROM registry_identitymember m JOIN registry_record r ON r.id = m.record_id
), refusal AS (
    SELECT r.source_id, r.key, r.version, i.identity_id, coalesce(r.observed_on, b.as_of) AS day,
           greatest(
               coalesce(r.observed_on, b.as_of, (b.collected_at AT TIME ZONE 'UTC')::date),
               (SELECT max(sb.as_of) FROM registry_sighting s JOIN registry_batch sb ON sb.id = s.batch_id WHERE s.record_id = r.id)
           ) AS until
    FROM registry_record r
    JOIN registry_batch b ON b.id = r.batch_id
    LEFT JOIN row_of_identity i ON i.source_id = r.source_id AND i.key = r.key
    WHERE r.consent IN ('no', 'unclear')
    UNION ALL
    SELECT b.source_id, q.key, 2147483647, i.identity_id, b.as_of, coalesce(b.as_of, (b.collected_at AT TIME ZONE 'UTC')::date)
    FROM registry_quarantinedrow q
    JOIN registry_batch b ON b.id = q.batch_id
    LEFT JOIN row_of_identity i ON i.source_id = b.source_id AND i.key = q.key
    WHERE q.resolved_at IS NULL AND q.key <> '' AND q.consent IN ('no', 'unclear')
), standing AS (
    SELECT n.* FROM refusal n
    WHERE NOT EXISTS (
        SELECT 1 FROM registry_record y JOIN registry_batch b ON b.id = y.batch_id
        WHERE y.source_id = n.source_id AND y.key = n.key AND y.consent = 'yes' AND (
            coalesce(y.observed_on, b.as_of) > n.until
            OR y.version > n.version AND coalesce(y.observed_on, b.as_of) = n.until
            OR y.version > n.version AND n.day IS NULL AND coalesce(y.observed_on, b.as_of) IS NULL
        )
    ) AND NOT EXISTS (
        SELECT 1 FROM row_of_identity i
        JOIN registry_record y ON y.source_id = i.source_id AND y.key = i.key AND y.consent = 'yes'
        JOIN registry_batch b ON b.id = y.batch_id
        WHERE i.identity_id = n.identity_id AND coalesce(y.observed_on, b.as_of) > n.until
    )
)
SELECT source_id, key, identity_id FROM standing
UNION
SELECT i.source_id, i.key, i.identity_id FROM standing n JOIN row_of_identity i ON i.identity_id = n.identity_id
"""


class Migration(migrations.Migration):
    """Columns, keys, consent."""

    dependencies = [("registry", "0053_lookup")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        migrations.CreateModel(
            name="RowKey",
            fields=[
                ("kind", models.SmallIntegerField()),
                ("row_id", models.BigIntegerField()),
                ("key_number", models.IntegerField()),
                ("wrapped", models.BinaryField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind", "row_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
        ),
        migrations.AddField("record", "sealed", models.BinaryField(null=True)),
        migrations.AddField("quarantinedrow", "sealed", models.BinaryField(null=True)),
        migrations.AddField(
            "record",
            "shared",
            ArrayField(models.BigIntegerField(null=True), db_default=models.Value("{}"), default=list),
        ),
        migrations.AddField(
            "quarantinedrow", "consent", models.CharField(blank=True, db_default="", default="", max_length=10)
        ),
        migrations.RunSQL(COLUMNS),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(STATED)],
            [
                migrations.RemoveField("record", "consent"),
                migrations.AddField("record", "consent", models.TextField(blank=True, db_default="", default="")),
            ],
        ),
        migrations.RunSQL(WAITING),
        migrations.RunSQL(VIEW),
    ]
