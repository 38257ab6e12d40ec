"""The one door: nothing leaves a table that keeps its rows but by an erasure that two people want, or a term that has passed.

1. An erasure begins undecided; who decides is another person; both must be of a role that may (registry/access/data/permissions.tsv).
   Erasures, tombstones, redactions and holds are bound into the audit chain by their hash and never deleted.
2. A tombstone needs an allowed erasure that is under way, and a row that it is about. Where nobody decided (`term_ended`), each
   version of the row must be older than the term of its source. No tombstone is set for what a hold holds.
3. A record loses its values only once its row has a tombstone, and keeps its id, source, batch and version.
4. `registry_erase` is the only way by which the program's role takes anything out of these tables; the keys of sealed things leave
   by it or by `registry_shred`, and by no statement of that role.
"""

from django.db import migrations

TIME = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

BOUND = {
    "erasure": (
        f"r.id, r.scope, r.row_id, r.identity_id, r.source_id, r.ground, r.asked_by_id, {TIME.format('r.asked_at')}, r.allowed,"
        f" r.decided_by_id, {TIME.format('r.decided_at')}",
        "INSERT OR UPDATE OF allowed",
    ),
    "tombstone": (
        f"r.id, r.row_id, r.erasure_id, r.source_id, r.digest, r.fingerprints, {TIME.format('r.at')}", "INSERT",
    ),
    "redaction": (f"r.id, r.original_id, r.copy_id, r.erasure_id, {TIME.format('r.at')}", "INSERT"),
    "hold": (
        f"r.id, r.scope, r.row_id, r.identity_id, r.source_id, r.basis, r.placed_by_id, {TIME.format('r.placed_at')},"
        f" r.lift_asked_by_id, r.lifted_by_id, {TIME.format('r.lifted_at')}",
        "INSERT OR UPDATE",
    ),
}


def _bind(table: str) -> str:
    columns, events = BOUND[table]
    return f"""
CREATE FUNCTION registry_{table}_hash(r registry_{table}) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array({columns})::text, 'UTF8')), 'hex')
$$;
CREATE FUNCTION registry_bind_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry_auditentry (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)
    SELECT 0, now(), 'db:' || session_user, 'bound.{table}', '{table}', NEW.id::text,
           jsonb_build_object('hash', registry_{table}_hash(t)), '', ''
    FROM registry_{table} t WHERE t.id = NEW.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bound_into_chain AFTER {events} ON registry_{table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_bind_{table}();
CREATE TRIGGER never_taken_out BEFORE DELETE OR TRUNCATE ON registry_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
"""


PEOPLE = """
CREATE FUNCTION registry_check_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.allowed IS NOT NULL AND (NEW.ground <> 'term_ended' OR NEW.scope <> 'source' OR NEW.asked_by_id IS NOT NULL)
        OR TG_OP = 'UPDATE' AND (
            (OLD.id, OLD.scope, OLD.row_id, OLD.identity_id, OLD.source_id, OLD.ground, OLD.asked_by_id, OLD.asked_at)
            IS DISTINCT FROM
            (NEW.id, NEW.scope, NEW.row_id, NEW.identity_id, NEW.source_id, NEW.ground, NEW.asked_by_id, NEW.asked_at)
            OR OLD.allowed IS NOT NULL AND (OLD.allowed, OLD.decided_by_id, OLD.decided_at)
               IS DISTINCT FROM (NEW.allowed, NEW.decided_by_id, NEW.decided_at)
            OR OLD.finished_at IS NOT NULL AND to_jsonb(OLD) IS DISTINCT FROM to_jsonb(NEW)) THEN
        RAISE EXCEPTION 'erasure % is fixed, and decided once by another person', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_erasure', CONSTRAINT = 'erasure_is_fixed';
    END IF;
    IF NEW.asked_by_id IS NOT NULL AND TG_OP = 'INSERT' AND NOT EXISTS (
            SELECT 1 FROM registry_user u WHERE u.id = NEW.asked_by_id AND u.is_active AND u.role IN ('lead', 'data'))
        OR NEW.decided_by_id IS NOT NULL AND OLD.decided_by_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM registry_user u WHERE u.id = NEW.decided_by_id AND u.is_active AND u.role IN ('lead', 'auditor')) THEN
        RAISE EXCEPTION 'erasure % is asked by a lead or the data team, and decided by a lead or auditor', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_erasure', CONSTRAINT = 'erasure_by_who_may';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER by_two_people BEFORE INSERT OR UPDATE ON registry_erasure
    FOR EACH ROW EXECUTE FUNCTION registry_check_erasure();

CREATE FUNCTION registry_check_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND (NEW.lift_asked_by_id IS NOT NULL OR NEW.lifted_at IS NOT NULL)
        OR TG_OP = 'UPDATE' AND (OLD.lifted_at IS NOT NULL OR (
            OLD.id, OLD.scope, OLD.row_id, OLD.identity_id, OLD.source_id, OLD.basis, OLD.placed_by_id, OLD.placed_at)
            IS DISTINCT FROM (
            NEW.id, NEW.scope, NEW.row_id, NEW.identity_id, NEW.source_id, NEW.basis, NEW.placed_by_id, NEW.placed_at)
            OR NEW.lifted_at IS NOT NULL AND OLD.lift_asked_by_id IS NULL) THEN
        RAISE EXCEPTION 'hold % is fixed, and lifted once: one person asks for it before another does it', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_hold', CONSTRAINT = 'hold_is_fixed';
    END IF;
    IF EXISTS (SELECT 1 FROM registry_user u WHERE u.id IN (NEW.placed_by_id, NEW.lift_asked_by_id, NEW.lifted_by_id)
               AND u.role NOT IN ('lead', 'auditor')) THEN
        RAISE EXCEPTION 'hold % is a matter of leads and auditors', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_hold', CONSTRAINT = 'hold_by_who_may';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER by_two_people BEFORE INSERT OR UPDATE ON registry_hold FOR EACH ROW EXECUTE FUNCTION registry_check_hold();
"""

DOOR = """
-- The erasure that is under way in this transaction; only an allowed, unfinished one opens anything.
CREATE FUNCTION registry_erasing() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM registry_erasure WHERE allowed AND finished_at IS NULL
                   AND id = nullif(current_setting('ridni.erasing', true), '')::bigint)
$$;

CREATE FUNCTION registry_held(wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM registry_hold h, registry_record r
        WHERE r.id = wanted AND h.lifted_at IS NULL AND (
            h.source_id = r.source_id
            OR EXISTS (SELECT 1 FROM registry_record f WHERE f.id = h.row_id AND f.source_id = r.source_id AND f.key = r.key)
            OR EXISTS (SELECT 1 FROM registry_identitymember m LEFT JOIN registry_identity i ON i.id = h.identity_id
                       WHERE m.row_id = registry_row_of(r.id) AND m.identity_id IN (h.identity_id, i.merged_into_id))))
$$;

CREATE FUNCTION registry_check_tombstone() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF e.asked_by_id IS NULL AND EXISTS (
            SELECT 1 FROM registry_record v JOIN registry_batch b ON b.id = v.batch_id JOIN registry_source s ON s.id = v.source_id
            WHERE v.source_id = r.source_id AND v.key = r.key
              AND (s.retention_days IS NULL OR b.collected_at + s.retention_days * interval '1 day' > now())) THEN
        RAISE EXCEPTION 'the term of row % has not passed', NEW.row_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_tombstone', CONSTRAINT = 'tombstone_after_term';
    END IF;
    IF registry_held(NEW.row_id) THEN
        RAISE EXCEPTION 'row % is held', NEW.row_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_tombstone', CONSTRAINT = 'tombstone_of_nothing_held';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER of_allowed_erasure BEFORE INSERT ON registry_tombstone
    FOR EACH ROW EXECUTE FUNCTION registry_check_tombstone();
CREATE TRIGGER append_only BEFORE UPDATE ON registry_tombstone FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();

CREATE FUNCTION registry_check_redaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM registry_erasure WHERE id = NEW.erasure_id AND allowed AND finished_at IS NULL) THEN
        RAISE EXCEPTION 'erasure % is not allowed', NEW.erasure_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_redaction', CONSTRAINT = 'redaction_of_allowed_erasure';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER of_allowed_erasure BEFORE INSERT ON registry_redaction
    FOR EACH ROW EXECUTE FUNCTION registry_check_redaction();
CREATE TRIGGER append_only BEFORE UPDATE ON registry_redaction FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();

CREATE OR REPLACE FUNCTION registry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME IN ('registry_recordchange', 'registry_correction', 'registry_custodyentry')
        AND registry_erasing() THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% refuses %', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'append_only';
END $$;

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
        WHEN 'registry_batch' THEN
            IF (OLD.id, OLD.source_id, OLD.evidence_id, OLD.config_sha256) IS NOT DISTINCT FROM
               (NEW.id, NEW.source_id, NEW.evidence_id, NEW.config_sha256) AND NEW.collected_from = 'erased' THEN
                RETURN NEW;
            END IF;
        ELSE
            NULL;
        END CASE;
    END IF;
    RAISE EXCEPTION '% is fixed: % refuses to be changed', TG_TABLE_NAME, TG_NAME
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END $$;

CREATE OR REPLACE FUNCTION registry_check_current() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM registry_record r WHERE r.source_id = NEW.source_id AND r.key = NEW.key AND r.is_current)
        AND NOT EXISTS (SELECT 1 FROM registry_tombstone t WHERE NEW.key = 'erased-' || t.row_id) THEN
        RAISE EXCEPTION 'record % is the newest of its row', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_record', CONSTRAINT = 'record_has_successor';
    END IF;
    RETURN NULL;
END $$;
"""

ERASE = """
-- Takes the named keys of sealed things out; called while an allowed erasure is under way.
CREATE FUNCTION registry_shred(wanted bigint, what text, places text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM registry_erasure WHERE id = wanted AND allowed AND finished_at IS NULL) THEN
        RAISE EXCEPTION 'erasure % is not under way', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_erasure', CONSTRAINT = 'erasure_under_way';
    END IF;
    DELETE FROM registry_datakey WHERE kind = what AND place = ANY(places);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

-- What an erasure's tombstones and redactions stand for leaves the tables; returns how much of each kind.
CREATE FUNCTION registry_erase(wanted bigint) RETURNS jsonb
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

    UPDATE registry_correction SET reason = 'erased' WHERE row_id = ANY(waiting) OR record_id = ANY(gone);
    UPDATE registry_quarantinedrow SET payload = '{}', key = '', locator = '{"place": "erased"}',
        outcome = CASE WHEN resolved_at IS NULL THEN 'non_data' ELSE outcome END, resolved_at = coalesce(resolved_at, now())
        WHERE id = ANY(waiting);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('quarantined', n);

    UPDATE registry_recordchange c SET fields = '[]', key = 'erased-' || registry_row_of(c.from_record_id)
        WHERE c.from_record_id = ANY(gone) OR c.to_record_id = ANY(gone);
    UPDATE registry_custodyentry SET facts = jsonb_build_object('erased', wanted)
        WHERE record_id = ANY(gone)
           OR evidence_id = ANY(destroyed);
    UPDATE registry_batch SET collected_from = 'erased', collected_how = 'erased', collected_by = 'erased'
        WHERE evidence_id = ANY(destroyed);
    SELECT coalesce(array_agg(sha256), '{}') INTO places FROM registry_evidence WHERE id = ANY(bytes_gone);
    done := done || jsonb_build_object('evidence', registry_shred(wanted, 'evidence', places));

    -- The first version of a row comes last: until then it says which row the others belong to.
    UPDATE registry_record r SET payload = '{"written": {}, "values": {}, "romanised": {}}', key = 'erased-' || registry_row_of(r.id),
        locator = '{"place": "erased"}', language = '', fingerprint = '', observed_on = NULL, is_current = false, vanished_id = NULL
        WHERE r.id = ANY(gone) AND NOT r.id = ANY(rows_gone);
    GET DIAGNOSTICS n = ROW_COUNT;
    UPDATE registry_record r SET payload = '{"written": {}, "values": {}, "romanised": {}}', key = 'erased-' || r.id,
        locator = '{"place": "erased"}', language = '', fingerprint = '', observed_on = NULL, is_current = false, vanished_id = NULL
        WHERE r.id = ANY(rows_gone) AND r.fingerprint <> '';
    done := done || jsonb_build_object('rows', cardinality(rows_gone), 'versions', cardinality(gone));
    PERFORM set_config('ridni.erasing', '', true);
    RETURN done;
END $$;
"""

BACK = """
DROP FUNCTION registry_erase(bigint);
DROP FUNCTION registry_shred(bigint, text, text[]);
"""


class Migration(migrations.Migration):
    """The tables' own rules, then the door."""

    dependencies = [("registry", "0048_erasure")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        *(migrations.RunSQL(_bind(table)) for table in BOUND),
        migrations.RunSQL(PEOPLE),
        migrations.RunSQL(DOOR),
        migrations.RunSQL(ERASE, BACK),
    ]
