"""The columns that held words in clear go, and what is written stays as it is.

What is erased loses its keys with the rest: those of its rows, of what waits for them in quarantine, of the words of custody and of
corrections, and of the batch when its bytes go. The ciphertext of a child goes from its row as well.
"""

from django.db import migrations, models

RULES = """
CREATE TRIGGER batch_keeps_its_facts BEFORE UPDATE ON registry_batch FOR EACH ROW
    WHEN ((OLD.id, OLD.source_id, OLD.evidence_id, OLD.sealed)
          IS DISTINCT FROM (NEW.id, NEW.source_id, NEW.evidence_id, NEW.sealed)
          OR (OLD.finished_at IS NOT NULL
              AND (OLD.collected_at, OLD.legal_basis, OLD.handling_code, OLD.config_sha256, OLD.as_of, OLD.complete, OLD.late,
                   OLD.started_at)
                  IS DISTINCT FROM
                  (NEW.collected_at, NEW.legal_basis, NEW.handling_code, NEW.config_sha256, NEW.as_of, NEW.complete, NEW.late,
                   NEW.started_at)))
    EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_custodyentry
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_correction
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
"""

DOOR = """
CREATE OR REPLACE FUNCTION registry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF registry_erasing() THEN
        CASE TG_TABLE_NAME
        WHEN 'registry_record' THEN
            IF (OLD.id, OLD.source_id, OLD.batch_id, OLD.evidence_id, OLD.version)
               IS NOT DISTINCT FROM (NEW.id, NEW.source_id, NEW.batch_id, NEW.evidence_id, NEW.version)
               AND EXISTS (SELECT 1 FROM registry_tombstone t JOIN registry_record f ON f.id = t.row_id
                           WHERE NEW.key = 'erased-' || t.row_id AND f.source_id = OLD.source_id AND f.key = OLD.key) THEN
                RETURN NEW;
            END IF;
        WHEN 'registry_quarantinedrow' THEN
            IF (OLD.id, OLD.batch_id, OLD.reason_code) IS NOT DISTINCT FROM (NEW.id, NEW.batch_id, NEW.reason_code) AND NEW.key = '' THEN
                RETURN NEW;
            END IF;
        ELSE
            NULL;
        END CASE;
    END IF;
    RAISE EXCEPTION '% is fixed: % refuses to be changed', TG_TABLE_NAME, TG_NAME
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END $$;
"""

ERASE = """
-- What an erasure's tombstones and redactions stand for leaves the tables; returns how much of each kind.
CREATE OR REPLACE FUNCTION registry_erase(wanted bigint) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e registry_erasure;
    rows_gone bigint[];
    gone bigint[];
    pairs bigint[];
    waiting bigint[];
    children uuid[];
    bytes_gone bigint[];
    destroyed bigint[];
    places text[];
    done jsonb := '{}';
    n bigint;
BEGIN
    SELECT * INTO e FROM registry_erasure WHERE id = wanted FOR UPDATE;
    IF e.allowed IS NOT TRUE OR e.finished_at IS NOT NULL THEN
        RAISE EXCEPTION 'erasure % is not under way', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_erasure', CONSTRAINT = 'erasure_under_way';
    END IF;
    PERFORM set_config('ridni.erasing', wanted::text, true);
    SELECT coalesce(array_agg(row_id), '{}') INTO rows_gone FROM registry_tombstone WHERE erasure_id = wanted OR row_id = e.row_id;
    SELECT coalesce(array_agg(r.id), '{}') INTO gone FROM registry_record f
        JOIN registry_record r ON r.source_id = f.source_id AND r.key = f.key WHERE f.id = ANY(rows_gone);
    IF EXISTS (SELECT 1 FROM registry_identitymember WHERE row_id = ANY(rows_gone)) THEN
        RAISE EXCEPTION 'an identity still holds a row of erasure %', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_identitymember', CONSTRAINT = 'erased_row_of_no_identity';
    END IF;
    SELECT coalesce(array_agg(id), '{}') INTO pairs FROM registry_candidate WHERE left_id = ANY(gone) OR right_id = ANY(gone);
    SELECT coalesce(array_agg(original_id), '{}') INTO bytes_gone FROM registry_redaction WHERE erasure_id = wanted;
    WITH RECURSIVE whole(id) AS (
        SELECT original_id FROM registry_redaction WHERE erasure_id = wanted AND copy_id IS NULL
        UNION SELECT x.original_id FROM registry_redaction x JOIN whole w ON w.id = x.copy_id
    ) SELECT coalesce(array_agg(id), '{}') INTO destroyed FROM whole;
    SELECT coalesce(array_agg(DISTINCT v.identity_id), '{}') INTO children FROM registry_identityevent v
        CROSS JOIN LATERAL jsonb_array_elements_text(v.data -> 'records') named(record)
        WHERE jsonb_typeof(v.data -> 'records') = 'array' AND named.record::bigint = ANY(gone);
    SELECT coalesce(array_agg(q.id), '{}') INTO waiting FROM registry_quarantinedrow q JOIN registry_batch b ON b.id = q.batch_id
        WHERE e.scope = 'source' AND b.source_id = e.source_id AND e.asked_by_id IS NOT NULL
           OR q.key <> '' AND EXISTS (SELECT 1 FROM registry_record r WHERE r.id = ANY(gone) AND r.source_id = b.source_id AND r.key = q.key)
           OR EXISTS (SELECT 1 FROM registry_correction c WHERE c.row_id = q.id AND c.record_id = ANY(gone));

    SELECT coalesce(array_agg(place), '{}') INTO places FROM (
        SELECT 'review ' || id AS place FROM registry_review WHERE candidate_id = ANY(pairs)
        UNION ALL SELECT 'escalation ' || id FROM registry_escalation WHERE candidate_id = ANY(pairs)
        UNION ALL SELECT 'reopening ' || id FROM registry_reopening WHERE candidate_id = ANY(pairs)
        UNION ALL SELECT 'contradiction ' || id FROM registry_contradiction WHERE candidate_id = ANY(pairs)
        UNION ALL SELECT 'change ' || id FROM registry_identitychange WHERE identity_id = ANY(children) OR other_id = ANY(children)
    ) named;
    PERFORM registry_shred(wanted, 'note', places);
    DELETE FROM registry_note WHERE
        review_id IN (SELECT id FROM registry_review WHERE candidate_id = ANY(pairs))
        OR escalation_id IN (SELECT id FROM registry_escalation WHERE candidate_id = ANY(pairs))
        OR reopening_id IN (SELECT id FROM registry_reopening WHERE candidate_id = ANY(pairs))
        OR contradiction_id IN (SELECT id FROM registry_contradiction WHERE candidate_id = ANY(pairs))
        OR change_id IN (SELECT id FROM registry_identitychange WHERE identity_id = ANY(children) OR other_id = ANY(children));
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('notes', n);
    UPDATE registry_goldreview SET note = '' WHERE note <> ''
        AND item_id IN (SELECT id FROM registry_golditem WHERE candidate_id = ANY(pairs));
    UPDATE registry_golditem SET retired_at = now() WHERE retired_at IS NULL AND candidate_id = ANY(pairs);

    DELETE FROM registry_support WHERE candidate_id = ANY(pairs) OR by_left_id = ANY(gone) OR by_right_id = ANY(gone);
    DELETE FROM registry_transfergain WHERE candidate_id = ANY(pairs);
    DELETE FROM registry_transfermember WHERE found_id = ANY(gone) OR seeking_id = ANY(gone);
    DELETE FROM registry_transfer t WHERE NOT EXISTS (SELECT 1 FROM registry_transfermember m WHERE m.transfer_id = t.id);
    DELETE FROM registry_skip WHERE candidate_id = ANY(pairs);
    DELETE FROM registry_movedpair WHERE candidate_id = ANY(pairs);
    DELETE FROM registry_newevidence WHERE record_id = ANY(gone) OR row_id = ANY(rows_gone);
    DELETE FROM registry_pendingunion WHERE candidate_id = ANY(pairs);
    UPDATE registry_candidate SET status = 'superseded', weight = 0, probability = 0, calibrated_probability = NULL,
        scenario = 'erased', reasons = '', urgency = 1, grounds = 0, facts_id = NULL, meeting_id = NULL,
        reserved_by_id = NULL, reserved_until = NULL, escalated = false WHERE id = ANY(pairs);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('pairs', n);

    DELETE FROM registry_recordbuckets WHERE record_id = ANY(gone);
    DELETE FROM registry_linkedrecord WHERE record_id = ANY(gone);
    DELETE FROM registry_deskfacts WHERE record_id = ANY(gone);
    DELETE FROM registry_recordgroup WHERE record_id = ANY(gone);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('groups', n);
    DELETE FROM registry_sighting WHERE record_id = ANY(gone);

    DELETE FROM registry_testimony WHERE record_id = ANY(gone) OR evidence_id = ANY(destroyed)
        OR e.scope = 'identity' AND identity_id = e.identity_id;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('testimonies', n);

    DELETE FROM registry_rowkey WHERE kind = 5 AND row_id IN (
        SELECT id FROM registry_correction WHERE row_id = ANY(waiting) OR record_id = ANY(gone));
    DELETE FROM registry_rowkey WHERE kind = 2 AND row_id = ANY(waiting);
    UPDATE registry_quarantinedrow SET sealed = '', consent = '', key = '', locator = '{"place": "erased"}',
        outcome = CASE WHEN resolved_at IS NULL THEN 'non_data' ELSE outcome END, resolved_at = coalesce(resolved_at, now())
        WHERE id = ANY(waiting);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('quarantined', n);

    UPDATE registry_recordchange c SET fields = '[]', key = 'erased-' || registry_row_of(c.from_record_id)
        WHERE c.from_record_id = ANY(gone) OR c.to_record_id = ANY(gone);
    UPDATE registry_custodyentry SET facts = jsonb_build_object('erased', wanted)
        WHERE record_id = ANY(gone)
           OR evidence_id = ANY(destroyed);
    DELETE FROM registry_rowkey WHERE kind = 3 AND row_id IN (
        SELECT id FROM registry_custodyentry WHERE record_id = ANY(gone) OR evidence_id = ANY(destroyed));
    DELETE FROM registry_rowkey WHERE kind = 4 AND row_id IN (
        SELECT id FROM registry_batch WHERE evidence_id = ANY(destroyed));
    SELECT coalesce(array_agg(sha256), '{}') INTO places FROM registry_evidence WHERE id = ANY(bytes_gone);
    done := done || jsonb_build_object('evidence', registry_shred(wanted, 'evidence', places));

    DELETE FROM registry_rowkey WHERE kind = 1 AND row_id = ANY(gone);
    -- The first version of a row comes last: until then it says which row the others belong to.
    UPDATE registry_record r SET sealed = '', shared = '{}', consent = '', key = 'erased-' || registry_row_of(r.id),
        locator = '{"place": "erased"}', language = '', fingerprint = '', observed_on = NULL, is_current = false, vanished_id = NULL
        WHERE r.id = ANY(gone) AND NOT r.id = ANY(rows_gone);
    GET DIAGNOSTICS n = ROW_COUNT;
    UPDATE registry_record r SET sealed = '', shared = '{}', consent = '', key = 'erased-' || r.id,
        locator = '{"place": "erased"}', language = '', fingerprint = '', observed_on = NULL, is_current = false, vanished_id = NULL
        WHERE r.id = ANY(rows_gone) AND r.fingerprint <> '';
    done := done || jsonb_build_object('rows', cardinality(rows_gone), 'versions', cardinality(gone));
    PERFORM set_config('ridni.erasing', '', true);
    RETURN done;
END $$;
"""


class Migration(migrations.Migration):
    """What a home of before held in clear stands in no row any more."""

    dependencies = [("registry", "0059_sealed_words_moved")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        migrations.RemoveConstraint("correction", "correction_has_reason"),
        migrations.RemoveField("correction", "reason"),
        migrations.RemoveField("batch", "collected_by"),
        migrations.RemoveField("batch", "collected_how"),
        migrations.RemoveField("batch", "collected_from"),
        migrations.AlterField("batch", "sealed", models.BinaryField()),
        migrations.AlterField("custodyentry", "sealed", models.BinaryField()),
        migrations.AlterField("correction", "sealed", models.BinaryField()),
        migrations.AddConstraint(
            "correction",
            models.CheckConstraint(name="correction_has_reason", condition=models.Q(("actor", ""), _negated=True)),
        ),
        migrations.RunSQL(RULES),
        migrations.RunSQL(DOOR),
        migrations.RunSQL(ERASE),
    ]
