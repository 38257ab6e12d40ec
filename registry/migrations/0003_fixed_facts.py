"""Facts that stay as they are once somebody may have judged by them, whoever writes to the database.

1. A candidate keeps its pair, a link its candidate, a member its record: verdicts cannot be moved to another pair.
2. A record, a piece of evidence and the name of a source never change; of a record only `is_current` is taken.
3. Links and members of an identity move only when their identity is merged, and only to the one it was merged into; nothing
   is taken out of an identity. Merged stays merged.
4. The records of an identity hang together by its links: two identities become one only by a verified candidate between them.
5. Every status, kind and role is one of the known ones.
6. Undecided candidates of a superseded record are superseded themselves.
"""

from django.db import migrations, models

FIXED = """
CREATE FUNCTION registry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is fixed: % refuses to be changed', TG_TABLE_NAME, TG_NAME
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER candidate_keeps_its_pair BEFORE UPDATE ON registry_candidate FOR EACH ROW
    WHEN ((OLD.id, OLD.left_id, OLD.right_id) IS DISTINCT FROM (NEW.id, NEW.left_id, NEW.right_id))
    EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER record_never_changes
    BEFORE UPDATE OF id, source_id, batch_id, evidence_id, key, version, observed_on, locator, language, fingerprint, payload
    ON registry_record FOR EACH ROW
    WHEN ((OLD.id, OLD.source_id, OLD.batch_id, OLD.evidence_id, OLD.key, OLD.version, OLD.observed_on, OLD.locator,
           OLD.language, OLD.fingerprint, OLD.payload)
          IS DISTINCT FROM
          (NEW.id, NEW.source_id, NEW.batch_id, NEW.evidence_id, NEW.key, NEW.version, NEW.observed_on, NEW.locator,
           NEW.language, NEW.fingerprint, NEW.payload))
    EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER evidence_never_changes BEFORE UPDATE ON registry_evidence FOR EACH ROW
    WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER source_keeps_its_name BEFORE UPDATE ON registry_source FOR EACH ROW
    WHEN ((OLD.id, OLD.slug) IS DISTINCT FROM (NEW.id, NEW.slug)) EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER link_keeps_its_candidate BEFORE UPDATE ON registry_identitylink FOR EACH ROW
    WHEN ((OLD.id, OLD.candidate_id) IS DISTINCT FROM (NEW.id, NEW.candidate_id))
    EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER member_keeps_its_record BEFORE UPDATE ON registry_identitymember FOR EACH ROW
    WHEN ((OLD.id, OLD.record_id) IS DISTINCT FROM (NEW.id, NEW.record_id)) EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER identity_keeps_its_id BEFORE UPDATE ON registry_identity FOR EACH ROW
    WHEN ((OLD.id, OLD.created_at) IS DISTINCT FROM (NEW.id, NEW.created_at)
          OR (OLD.status = 'merged' AND NEW.status <> 'merged'))
    EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER never_taken_out BEFORE DELETE ON registry_identitylink
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
CREATE TRIGGER never_taken_out BEFORE DELETE ON registry_identitymember
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();

CREATE FUNCTION registry_refuse_deletion_of_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM registry_identitymember WHERE record_id = OLD.id) THEN
        RAISE EXCEPTION 'record % is in an identity and cannot be deleted', OLD.id
            USING ERRCODE = 'restrict_violation', TABLE = 'registry_record', CONSTRAINT = 'record_of_identity_stays';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER record_of_identity_stays BEFORE DELETE ON registry_record
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_deletion_of_member();
"""

FIXED_BACK = """
DROP TRIGGER record_of_identity_stays ON registry_record;
DROP FUNCTION registry_refuse_deletion_of_member();
DROP TRIGGER never_taken_out ON registry_identitymember;
DROP TRIGGER never_taken_out ON registry_identitylink;
DROP TRIGGER identity_keeps_its_id ON registry_identity;
DROP TRIGGER member_keeps_its_record ON registry_identitymember;
DROP TRIGGER link_keeps_its_candidate ON registry_identitylink;
DROP TRIGGER source_keeps_its_name ON registry_source;
DROP TRIGGER evidence_never_changes ON registry_evidence;
DROP TRIGGER record_never_changes ON registry_record;
DROP TRIGGER candidate_keeps_its_pair ON registry_candidate;
DROP FUNCTION registry_refuse_change();
"""

TOGETHER = """
CREATE FUNCTION registry_check_identity_whole(wanted uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_check_identity_id(wanted);
    IF (
        WITH RECURSIVE pairs AS (
            SELECT c.left_id, c.right_id FROM registry_identitylink l
            JOIN registry_candidate c ON c.id = l.candidate_id WHERE l.identity_id = wanted
        ), reached AS (
            (SELECT record_id FROM registry_identitymember WHERE identity_id = wanted ORDER BY record_id LIMIT 1)
            UNION
            SELECT CASE WHEN p.left_id = r.record_id THEN p.right_id ELSE p.left_id END
            FROM reached r JOIN pairs p ON r.record_id IN (p.left_id, p.right_id)
        )
        SELECT count(*) FROM reached
    ) <> (SELECT count(*) FROM registry_identitymember WHERE identity_id = wanted) THEN
        RAISE EXCEPTION 'the records of identity % do not hang together by its links', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_hangs_together';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION registry_check_identity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_status text;
    now_into uuid;
BEGIN
    PERFORM registry_check_identity_whole(NEW.id);
    SELECT status, merged_into_id INTO now_status, now_into FROM registry_identity WHERE id = NEW.id;
    IF now_status <> 'merged' THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM registry_identity WHERE id = now_into AND status = 'verified')
        OR EXISTS (SELECT 1 FROM registry_identity WHERE merged_into_id = NEW.id) THEN
        RAISE EXCEPTION 'identity % must be merged into one that stands for itself', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_alias_of_verified';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status = 'merged' THEN
            RAISE EXCEPTION 'identity % cannot begin as merged', NEW.id
                USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_begins_verified';
        END IF;
        RETURN NULL;
    END IF;
    IF OLD.merged_into_id <> now_into AND NOT EXISTS (
        SELECT 1 FROM registry_identity WHERE id = OLD.merged_into_id AND merged_into_id = now_into
    ) THEN
        RAISE EXCEPTION 'identity % was merged into % and follows that one only', NEW.id, OLD.merged_into_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_alias_follows';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION registry_check_identity_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_in uuid;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM registry_check_identity_whole(OLD.identity_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM registry_check_identity_whole(NEW.identity_id);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.identity_id <> NEW.identity_id THEN
        EXECUTE format('SELECT identity_id FROM %I WHERE id = $1', TG_TABLE_NAME) INTO now_in USING NEW.id;
        IF NOT EXISTS (SELECT 1 FROM registry_identity WHERE id = OLD.identity_id AND merged_into_id = now_in) THEN
            RAISE EXCEPTION '% moves only when identity % is merged', TG_TABLE_NAME, OLD.identity_id
                USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'identity_part_moves_by_merge';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION registry_check_identity_of_candidate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_check_identity_whole(identity_id) FROM registry_identitylink WHERE candidate_id = NEW.id;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER identity_candidate_verified AFTER UPDATE ON registry_candidate
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.left_id, OLD.right_id, OLD.status = 'verified')
          IS DISTINCT FROM (NEW.left_id, NEW.right_id, NEW.status = 'verified'))
    EXECUTE FUNCTION registry_check_identity_of_candidate();
"""

TOGETHER_BACK = """
DROP TRIGGER identity_candidate_verified ON registry_candidate;
DROP FUNCTION registry_check_identity_of_candidate();
CREATE OR REPLACE FUNCTION registry_check_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_check_identity_id(NEW.id);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION registry_check_identity_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM registry_check_identity_id(OLD.identity_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM registry_check_identity_id(NEW.identity_id);
    END IF;
    RETURN NULL;
END $$;
DROP FUNCTION registry_check_identity_whole(uuid);
"""

SUPERSEDE = """
WITH superseded AS (
    UPDATE registry_candidate c SET status = 'superseded', reserved_by_id = NULL, reserved_until = NULL
    WHERE c.status IN ('open', 'second', 'disputed') AND EXISTS (
        SELECT 1 FROM registry_record r WHERE NOT r.is_current AND r.id IN (c.left_id, c.right_id))
    RETURNING c.id
)
INSERT INTO registry_auditentry (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)
SELECT 0, now(), 'system', 'candidates.superseded', 'migration', '0003', jsonb_build_object('count', count(*)), '', ''
FROM superseded HAVING count(*) > 0;
"""

STATUSES = ["open", "second", "disputed", "verified", "rejected", "unresolved", "superseded"]
KINDS = ["proposed", "verified", "updated", "merged", "split", "retracted", "erased"]
ROLES = ["verifier", "adjudicator", "lead", "data", "auditor", "admin"]


def known(model: str, name: str, field: str, values: list[str]) -> migrations.AddConstraint:
    """Let a field hold one of these values only."""
    condition = models.Q((f"{field}__in", values))
    return migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name))


class Migration(migrations.Migration):
    dependencies = [("auth", "0012_alter_user_first_name_max_length"), ("registry", "0002_rules")]

    operations = [
        migrations.AlterField(
            "candidate",
            "status",
            models.CharField(choices=[(s, s.capitalize()) for s in STATUSES], default="open", max_length=10),
        ),
        migrations.AddIndex(
            "candidate",
            models.Index(
                models.OrderBy(models.F("probability"), descending=True),
                models.F("id"),
                condition=models.Q(("status", "second")),
                name="candidate_second",
            ),
        ),
        migrations.AddIndex(
            "record",
            models.Index(condition=models.Q(("is_current", False)), fields=["id"], name="record_superseded"),
        ),
        known("candidate", "candidate_known_status", "status", STATUSES),
        known("identityevent", "event_known_kind", "kind", KINDS),
        known("run", "run_known_status", "status", ["running", "finished", "failed"]),
        known("user", "user_known_role", "role", ROLES),
        migrations.RunSQL(FIXED, FIXED_BACK),
        migrations.RunSQL(TOGETHER, TOGETHER_BACK),
        migrations.RunSQL(SUPERSEDE, migrations.RunSQL.noop),
    ]
