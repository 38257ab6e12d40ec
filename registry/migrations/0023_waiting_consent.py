"""A refusal of consent, or words about it that cannot be read, hold while their row waits in quarantine.

A row that waits is no version of its row: only an explicit yes of a later day lifts what it says. Rows that came into quarantine before
their consent was read count as unclear when they say anything.
"""

from django.db import migrations

INDEX = """
CREATE INDEX quarantine_speaks_of_consent ON registry_quarantinedrow (key)
WHERE resolved_at IS NULL AND key <> '' AND payload -> 'written' ? 'consent'
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
    WHERE q.resolved_at IS NULL AND q.key <> '' AND q.payload -> 'written' ? 'consent'
      AND coalesce(q.payload ->> 'consent', CASE WHEN q.payload #>> '{written,consent}' <> '' THEN 'unclear' END) <> 'yes'
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

VIEW_BACK = """
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
    dependencies = [("registry", "0022_read_again")]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX quarantine_speaks_of_consent"),
        migrations.RunSQL(VIEW, VIEW_BACK),
    ]
