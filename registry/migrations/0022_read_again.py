"""Versions that a changed description made of stored bytes are no more rows of their list than it had."""

from django.db import migrations

COUNTS = """
CREATE OR REPLACE FUNCTION registry_check_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b registry_batch;
    records bigint;
    seen bigint;
    waiting bigint;
BEGIN
    SELECT * INTO b FROM registry_batch WHERE id = NEW.id;
    IF b.id IS NULL OR b.finished_at IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO waiting FROM registry_quarantinedrow WHERE batch_id = b.id AND resolved_at IS NULL;
    SELECT count(DISTINCT key) INTO records FROM registry_record WHERE batch_id = b.id;
    SELECT count(*) INTO seen FROM registry_sighting WHERE batch_id = b.id;
    IF b.quarantined <> waiting OR b.records_new + b.records_changed < records OR b.records_unchanged < seen
        OR (TG_OP = 'INSERT' OR OLD.finished_at IS NULL)
           AND (b.records_new + b.records_changed, b.records_unchanged) IS DISTINCT FROM (records, seen) THEN
        RAISE EXCEPTION 'the counts of batch % are not those of its rows', b.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_batch', CONSTRAINT = 'batch_counts_are_true';
    END IF;
    RETURN NULL;
END $$;
"""

COUNTS_BACK = """
CREATE OR REPLACE FUNCTION registry_check_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b registry_batch;
    records bigint;
    seen bigint;
    waiting bigint;
BEGIN
    SELECT * INTO b FROM registry_batch WHERE id = NEW.id;
    IF b.id IS NULL OR b.finished_at IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO waiting FROM registry_quarantinedrow WHERE batch_id = b.id AND resolved_at IS NULL;
    SELECT count(*) INTO records FROM registry_record WHERE batch_id = b.id;
    SELECT count(*) INTO seen FROM registry_sighting WHERE batch_id = b.id;
    IF b.quarantined <> waiting OR b.records_new + b.records_changed < records OR b.records_unchanged < seen
        OR (TG_OP = 'INSERT' OR OLD.finished_at IS NULL)
           AND (b.records_new + b.records_changed, b.records_unchanged) IS DISTINCT FROM (records, seen) THEN
        RAISE EXCEPTION 'the counts of batch % are not those of its rows', b.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_batch', CONSTRAINT = 'batch_counts_are_true';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """A batch counts its keys: reading it again adds versions, and no rows."""

    dependencies = [
        ("registry", "0021_proof"),
    ]

    operations = [
        migrations.RunSQL(COUNTS, COUNTS_BACK),
    ]
