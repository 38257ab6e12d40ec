"""The chain proves verdicts, identities and roles, and believes no name that the database does not know.

1. Each verdict, its withdrawal, each hand-over, each event of an identity and each role of an account is bound into the audit chain
   by its hash, at commit. So whoever changes one later shows.
2. A verdict is given by an active account whose role judges (registry/access/data/rights.tsv).
3. Rows of the log name their actor by kind: user:ID of an account there is, token:NAME, os:NAME, db:ROLE. Rows that bind others
   (`custody.…`, `bound.…`) are written by the database's own triggers alone.
4. A record stops being current only when another version of its row becomes so.
"""

from django.db import migrations

TIME = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

BOUND = {
    "review": (
        f"r.id, r.candidate_id, r.reviewer_id, r.ordinal, r.verdict, r.reason, {TIME.format('r.decided_at')}, r.shown",
        "id", "'user:' || NEW.reviewer_id",
    ),
    "withdrawal": (f"r.id, r.review_id, r.by_id, {TIME.format('r.at')}", "id", "'user:' || NEW.by_id"),
    "escalation": (f"r.id, r.candidate_id, r.by_id, r.reason, {TIME.format('r.at')}", "id", "'user:' || NEW.by_id"),
    "identityevent": (f"r.seq, r.identity_id, r.kind, {TIME.format('r.at')}, r.data", "seq", "'db:' || session_user"),
    "user": ("r.id, r.role, r.is_active", "id", "'db:' || session_user"),
}


def _bind(table: str) -> str:
    columns, key, actor = BOUND[table]
    events = "INSERT OR UPDATE OF role, is_active" if table == "user" else "INSERT"
    return f"""
CREATE FUNCTION registry_{table}_hash(r registry_{table}) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array({columns})::text, 'UTF8')), 'hex')
$$;
INSERT INTO registry_auditentry (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)
SELECT 0, now(), 'db:' || session_user, 'bound.{table}', '{table}', t.{key}::text,
       jsonb_build_object('hash', registry_{table}_hash(t), 'later', true), '', ''
FROM registry_{table} t ORDER BY t.{key};
CREATE FUNCTION registry_bind_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry_auditentry (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)
    VALUES (0, now(), {actor}, 'bound.{table}', '{table}', NEW.{key}::text,
            jsonb_build_object('hash', registry_{table}_hash(NEW)), '', '');
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bound_into_chain AFTER {events} ON registry_{table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_bind_{table}();
"""


def _unbind(table: str) -> str:
    return (
        f"DROP TRIGGER bound_into_chain ON registry_{table}; DROP FUNCTION registry_bind_{table}();"
        f" DROP FUNCTION registry_{table}_hash(registry_{table});"
    )


CHAIN = """
CREATE OR REPLACE FUNCTION registry_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_seq bigint;
    last_hash text;
BEGIN
    IF (NEW.action LIKE 'custody.%' OR NEW.action LIKE 'bound.%') AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'rows of the log that bind others are written by the database alone'
            USING ERRCODE = 'check_violation', TABLE = 'registry_auditentry', CONSTRAINT = 'audit_binds_by_trigger';
    END IF;
    IF NEW.actor !~ '^(user:[0-9]{1,18}|(token|os|db):.+)$' OR NEW.actor ~ '^user:'
        AND NOT EXISTS (SELECT 1 FROM registry_user WHERE id = substr(NEW.actor, 6)::bigint) THEN
        RAISE EXCEPTION 'the log knows no such actor'
            USING ERRCODE = 'check_violation', TABLE = 'registry_auditentry', CONSTRAINT = 'audit_knows_actor';
    END IF;
    PERFORM pg_advisory_xact_lock(7201002);
    SELECT seq, hash INTO last_seq, last_hash FROM registry_auditentry ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last_seq, 0) + 1;
    NEW.at := clock_timestamp();
    NEW.prev_hash := coalesce(last_hash, repeat('0', 64));
    NEW.hash := encode(sha256(convert_to(
        jsonb_build_array(
            NEW.seq,
            to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            NEW.actor, NEW.action, NEW.object_type, NEW.object_id, NEW.prev_hash
        )::text || NEW.data::text, 'UTF8')), 'hex');
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION registry_custody_bind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry_auditentry (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)
    VALUES (0, now(),
            CASE WHEN NEW.user_id IS NOT NULL THEN 'user:' || NEW.user_id
                 WHEN NEW.actor ~ '^os:.' THEN NEW.actor ELSE 'db:' || session_user END,
            'custody.' || NEW.act, 'evidence',
            (SELECT sha256 FROM registry_evidence WHERE id = NEW.evidence_id),
            jsonb_build_object('entry', NEW.id, 'hash', NEW.hash), '', '');
    RETURN NULL;
END $$;
"""

REVIEWER = """
CREATE FUNCTION registry_check_reviewer_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM registry_user WHERE id = NEW.reviewer_id AND is_active
                   AND role IN ('verifier', 'adjudicator', 'lead')) THEN
        RAISE EXCEPTION 'account % may not judge', NEW.reviewer_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_review', CONSTRAINT = 'review_by_who_may_judge';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER by_who_may_judge BEFORE INSERT ON registry_review
    FOR EACH ROW EXECUTE FUNCTION registry_check_reviewer_role();
"""
REVIEWER_BACK = "DROP TRIGGER by_who_may_judge ON registry_review; DROP FUNCTION registry_check_reviewer_role();"

CURRENT = """
CREATE FUNCTION registry_check_current() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM registry_record r WHERE r.source_id = NEW.source_id AND r.key = NEW.key AND r.is_current) THEN
        RAISE EXCEPTION 'record % is the newest of its row', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_record', CONSTRAINT = 'record_has_successor';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER record_has_successor AFTER UPDATE OF is_current ON registry_record
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.is_current AND NOT NEW.is_current)
    EXECUTE FUNCTION registry_check_current();
"""
CURRENT_BACK = "DROP TRIGGER record_has_successor ON registry_record; DROP FUNCTION registry_check_current();"


class Migration(migrations.Migration):
    dependencies = [("registry", "0020_sign_in_failures")]

    operations = [
        *(migrations.RunSQL(_bind(table), _unbind(table)) for table in BOUND),
        migrations.RunSQL(CHAIN, migrations.RunSQL.noop),
        migrations.RunSQL(REVIEWER, REVIEWER_BACK),
        migrations.RunSQL(CURRENT, CURRENT_BACK),
    ]
