"""A term counts from the last delivery that held the row, changed or not: a list that comes each month keeps its rows."""

from django.db import migrations

RULE = """
CREATE FUNCTION registry_last_collected(wanted bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    WITH version AS (
        SELECT v.id, v.batch_id FROM registry_record f JOIN registry_record v ON v.source_id = f.source_id AND v.key = f.key
        WHERE f.id = wanted
    )
    SELECT max(b.collected_at) FROM registry_batch b JOIN (
        SELECT batch_id FROM version
        UNION ALL SELECT g.batch_id FROM registry_sighting g JOIN version v ON v.id = g.record_id
    ) held ON held.batch_id = b.id
$$;

CREATE OR REPLACE FUNCTION registry_check_tombstone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    e registry_erasure;
    r registry_record;
    of_identity boolean;
    from_document boolean;
BEGIN
    SELECT * INTO e FROM registry_erasure WHERE id = NEW.erasure_id;
    SELECT * INTO r FROM registry_record WHERE id = NEW.row_id;
    of_identity := EXISTS (SELECT 1 FROM registry_identitymember m JOIN registry_identity i ON i.id = e.identity_id
        WHERE m.row_id = NEW.row_id AND m.identity_id IN (i.id, i.merged_into_id));
    -- A row that a person took from a document about what is erased.
    from_document := r.locator ? 'testimony' AND EXISTS (
        SELECT 1 FROM registry_testimony t WHERE t.id::text = r.locator ->> 'testimony' AND (
            t.identity_id = e.identity_id OR registry_row_of(t.record_id) = e.row_id
            OR EXISTS (SELECT 1 FROM registry_identitymember m WHERE m.identity_id = e.identity_id
                       AND m.row_id = registry_row_of(t.record_id))));
    IF e.allowed IS NOT TRUE OR e.finished_at IS NOT NULL OR r.source_id <> NEW.source_id
        OR e.scope = 'record' AND e.row_id <> NEW.row_id AND NOT from_document
        OR e.scope = 'source' AND e.source_id <> r.source_id
        OR e.scope = 'identity' AND NOT of_identity AND NOT from_document
        OR NEW.row_id <> registry_row_of(NEW.row_id) THEN
        RAISE EXCEPTION 'erasure % is not allowed, or not about row %', NEW.erasure_id, NEW.row_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_tombstone', CONSTRAINT = 'tombstone_of_allowed_erasure';
    END IF;
    IF e.asked_by_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM registry_source s WHERE s.id = r.source_id
              AND registry_last_collected(r.id) + s.retention_days * interval '1 day' <= now()) THEN
        RAISE EXCEPTION 'the term of row % has not passed', NEW.row_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_tombstone', CONSTRAINT = 'tombstone_after_term';
    END IF;
    IF registry_held(NEW.row_id) THEN
        RAISE EXCEPTION 'row % is held', NEW.row_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_tombstone', CONSTRAINT = 'tombstone_of_nothing_held';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """Nothing but functions."""

    dependencies = [("registry", "0051_evidence_first")]  # noqa: RUF012 - as Django reads it

    operations = [migrations.RunSQL(RULE, migrations.RunSQL.noop)]  # noqa: RUF012
