"""Rules that the database keeps by itself, whoever writes to it.

1. Verified needs two people: a verified candidate, and every link of a verified identity, is refused at commit unless its candidate
   has 'same' verdicts by two different reviewers.
2. An identity holds exactly the records of its linked candidates; a merged one holds nothing.
3. Reviews, events and the audit log are append-only.
4. The audit log is a hash chain: seq, time and hashes are set here at insertion, one writer at a time.
"""

from django.db import migrations

TWO_PEOPLE = """
CREATE FUNCTION registry_same_verdicts(candidate bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT reviewer_id) FROM registry_review WHERE candidate_id = candidate AND verdict = 'same'
$$;

CREATE FUNCTION registry_check_candidate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_status text;
BEGIN
    SELECT status INTO now_status FROM registry_candidate WHERE id = NEW.id;
    IF now_status = 'verified' AND registry_same_verdicts(NEW.id) < 2 THEN
        RAISE EXCEPTION 'candidate % cannot be verified without two verdicts "same" by two people', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_candidate', CONSTRAINT = 'candidate_needs_two_people';
    END IF;
    IF now_status <> 'verified' AND EXISTS (SELECT 1 FROM registry_identitylink WHERE candidate_id = NEW.id) THEN
        RAISE EXCEPTION 'candidate % holds an identity together and must stay verified', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_candidate', CONSTRAINT = 'candidate_linked_stays_verified';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION registry_check_identity_id(wanted uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    now_status text;
    links bigint;
    unproven bigint;
BEGIN
    SELECT status INTO now_status FROM registry_identity WHERE id = wanted;
    IF now_status IS NULL THEN
        RETURN;
    END IF;
    SELECT count(*), count(*) FILTER (WHERE c.status <> 'verified' OR registry_same_verdicts(c.id) < 2) INTO links, unproven
    FROM registry_identitylink l JOIN registry_candidate c ON c.id = l.candidate_id WHERE l.identity_id = wanted;
    IF now_status = 'merged' THEN
        IF links > 0 OR EXISTS (SELECT 1 FROM registry_identitymember WHERE identity_id = wanted) THEN
            RAISE EXCEPTION 'identity % is merged and cannot hold records', wanted
                USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_merged_is_empty';
        END IF;
        RETURN;
    END IF;
    IF links = 0 OR unproven > 0 THEN
        RAISE EXCEPTION 'identity % cannot be verified without two verdicts "same" by two people on each link', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_needs_two_people';
    END IF;
    IF EXISTS (
        (SELECT c.left_id FROM registry_identitylink l JOIN registry_candidate c ON c.id = l.candidate_id WHERE l.identity_id = wanted
         UNION
         SELECT c.right_id FROM registry_identitylink l JOIN registry_candidate c ON c.id = l.candidate_id WHERE l.identity_id = wanted)
        EXCEPT SELECT record_id FROM registry_identitymember WHERE identity_id = wanted
    ) OR EXISTS (
        SELECT record_id FROM registry_identitymember WHERE identity_id = wanted
        EXCEPT
        (SELECT c.left_id FROM registry_identitylink l JOIN registry_candidate c ON c.id = l.candidate_id WHERE l.identity_id = wanted
         UNION
         SELECT c.right_id FROM registry_identitylink l JOIN registry_candidate c ON c.id = l.candidate_id WHERE l.identity_id = wanted)
    ) THEN
        RAISE EXCEPTION 'identity % must hold exactly the records of its links', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_members_are_linked';
    END IF;
END $$;

CREATE FUNCTION registry_check_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_check_identity_id(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION registry_check_identity_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM registry_check_identity_id(OLD.identity_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM registry_check_identity_id(NEW.identity_id);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER candidate_verified_on_insert AFTER INSERT ON registry_candidate
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'verified') EXECUTE FUNCTION registry_check_candidate();
CREATE CONSTRAINT TRIGGER candidate_verified_on_update AFTER UPDATE OF status ON registry_candidate
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'verified' OR OLD.status = 'verified')
    EXECUTE FUNCTION registry_check_candidate();
CREATE CONSTRAINT TRIGGER identity_verified AFTER INSERT OR UPDATE ON registry_identity
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_identity();
CREATE CONSTRAINT TRIGGER identity_link_verified AFTER INSERT OR UPDATE OR DELETE ON registry_identitylink
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_identity_part();
CREATE CONSTRAINT TRIGGER identity_member_verified AFTER INSERT OR UPDATE OR DELETE ON registry_identitymember
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_identity_part();
"""

TWO_PEOPLE_BACK = """
DROP TRIGGER identity_member_verified ON registry_identitymember;
DROP TRIGGER identity_link_verified ON registry_identitylink;
DROP TRIGGER identity_verified ON registry_identity;
DROP TRIGGER candidate_verified_on_update ON registry_candidate;
DROP TRIGGER candidate_verified_on_insert ON registry_candidate;
DROP FUNCTION registry_check_identity_part();
DROP FUNCTION registry_check_identity();
DROP FUNCTION registry_check_identity_id(uuid);
DROP FUNCTION registry_check_candidate();
DROP FUNCTION registry_same_verdicts(bigint);
"""

APPEND_ONLY = """
CREATE FUNCTION registry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% refuses %', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'append_only';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_review
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_identityevent
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON registry_identity FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON registry_identitylink FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON registry_identitymember FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
"""

APPEND_ONLY_BACK = """
DROP TRIGGER never_emptied ON registry_identitymember;
DROP TRIGGER never_emptied ON registry_identitylink;
DROP TRIGGER never_emptied ON registry_identity;
DROP TRIGGER append_only ON registry_identityevent;
DROP TRIGGER append_only ON registry_auditentry;
DROP TRIGGER append_only ON registry_review;
DROP FUNCTION registry_refuse();
"""

AUDIT_CHAIN = """
CREATE FUNCTION registry_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_seq bigint;
    last_hash text;
BEGIN
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

CREATE TRIGGER audit_chain BEFORE INSERT ON registry_auditentry FOR EACH ROW EXECUTE FUNCTION registry_audit_chain();
"""

AUDIT_CHAIN_BACK = """
DROP TRIGGER audit_chain ON registry_auditentry;
DROP FUNCTION registry_audit_chain();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_tables")]

    operations = [
        migrations.RunSQL(TWO_PEOPLE, TWO_PEOPLE_BACK),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(AUDIT_CHAIN, AUDIT_CHAIN_BACK),
    ]
