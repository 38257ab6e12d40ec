"""Rules of judgements and identities that the database keeps by itself, whoever writes to it.

1. `same` and `different` need two people at that moment: two verdicts that stand on the pair of these rows, or a change that one asked
   for and another allowed. Judgements and reopenings are append-only.
2. An identity is exactly the rows that standing judgements `same` hold together, two at least, and no standing `different` lies inside.
   The newest judgement of two rows stands. Checked at commit when a member, a judgement, the identity or an event of it is written.
3. Merged and retracted identities hold nothing and never stand again; an id follows what it was merged into.
4. A reopened pair counts verdicts given since. The last verdict on a verified pair is withdrawn only while its union waits.
"""

import django.db.models.deletion
from django.db import migrations, models

STANDING = """
CREATE VIEW registry_standingreview AS
SELECT r.* FROM registry_review r
WHERE NOT EXISTS (SELECT 1 FROM registry_withdrawal w WHERE w.review_id = r.id)
  AND NOT EXISTS (SELECT 1 FROM registry_reopening o WHERE o.candidate_id = r.candidate_id AND o.after_review >= r.id);

CREATE OR REPLACE FUNCTION registry_same_verdicts(candidate bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT reviewer_id) FROM registry_standingreview WHERE candidate_id = candidate AND verdict = 'same'
$$;

CREATE OR REPLACE FUNCTION registry_check_candidate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_status text;
BEGIN
    SELECT status INTO now_status FROM registry_candidate WHERE id = NEW.id;
    IF now_status = 'verified' AND registry_same_verdicts(NEW.id) < 2 THEN
        RAISE EXCEPTION 'candidate % cannot be verified without two verdicts "same" by two people', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_candidate', CONSTRAINT = 'candidate_needs_two_people';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION registry_check_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM registry_candidate WHERE id = NEW.candidate_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM registry_review r LEFT JOIN registry_withdrawal w ON w.review_id = r.id
        WHERE r.candidate_id = NEW.candidate_id AND r.reviewer_id = NEW.reviewer_id AND (w.id IS NULL OR r.ordinal = 2)
    ) THEN
        RAISE EXCEPTION 'review_once_per_person: this person has judged candidate % already', NEW.candidate_id
            USING ERRCODE = 'unique_violation', TABLE = 'registry_review', CONSTRAINT = 'review_once_per_person';
    END IF;
    IF EXISTS (SELECT 1 FROM registry_standingreview WHERE candidate_id = NEW.candidate_id AND ordinal = NEW.ordinal) THEN
        RAISE EXCEPTION 'review_ordinal_once: candidate % has a verdict of this ordinal', NEW.candidate_id
            USING ERRCODE = 'unique_violation', TABLE = 'registry_review', CONSTRAINT = 'review_ordinal_once';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION registry_check_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given registry_review%ROWTYPE;
    pair registry_candidate%ROWTYPE;
BEGIN
    SELECT * INTO given FROM registry_review WHERE id = NEW.review_id;
    SELECT * INTO pair FROM registry_candidate WHERE id = given.candidate_id FOR NO KEY UPDATE;
    IF given.reviewer_id <> NEW.by_id THEN
        RAISE EXCEPTION 'verdict % is withdrawn by the person who gave it only', NEW.review_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_withdrawal', CONSTRAINT = 'withdrawal_of_own_verdict';
    END IF;
    IF pair.status = 'superseded'
        OR pair.status = 'verified' AND NOT EXISTS (
            SELECT 1 FROM registry_pendingunion p WHERE p.candidate_id = pair.id AND p.due_at > now())
        OR (pair.reserved_by_id <> NEW.by_id AND pair.reserved_until > now())
        OR NOT EXISTS (SELECT 1 FROM registry_standingreview r WHERE r.id = given.id)
        OR EXISTS (SELECT 1 FROM registry_standingreview r WHERE r.candidate_id = pair.id AND r.ordinal > given.ordinal)
    THEN
        RAISE EXCEPTION 'verdict % has been acted upon', NEW.review_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_withdrawal', CONSTRAINT = 'withdrawal_before_others_act';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION registry_check_reopening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM registry_candidate WHERE id = NEW.candidate_id AND status IN ('verified', 'rejected', 'unresolved') FOR NO KEY UPDATE;
    IF NOT FOUND OR NEW.after_review <> (SELECT max(id) FROM registry_review WHERE candidate_id = NEW.candidate_id)
        OR EXISTS (SELECT 1 FROM registry_pendingunion WHERE candidate_id = NEW.candidate_id) THEN
        RAISE EXCEPTION 'candidate % is not decided, so nothing of it is opened again', NEW.candidate_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_reopening', CONSTRAINT = 'reopening_of_decided';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM registry_user u WHERE u.id = NEW.by_id AND u.is_active AND (u.role = 'lead'
        OR EXISTS (SELECT 1 FROM registry_review r WHERE r.candidate_id = NEW.candidate_id AND r.reviewer_id = u.id))) THEN
        RAISE EXCEPTION 'candidate % is opened again by a lead or who judged it', NEW.candidate_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_reopening', CONSTRAINT = 'reopening_by_who_may';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER of_decided BEFORE INSERT ON registry_reopening FOR EACH ROW EXECUTE FUNCTION registry_check_reopening();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_reopening
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
"""

JUDGEMENTS = """
CREATE FUNCTION registry_standing_judgements(rows bigint[]) RETURNS TABLE (left_id bigint, right_id bigint, says text) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (j.left_id, j.right_id) j.left_id, j.right_id, j.says FROM (
        SELECT id, left_id, right_id, says FROM registry_judgement WHERE left_id = ANY(rows)
        UNION ALL SELECT id, left_id, right_id, says FROM registry_judgement WHERE right_id = ANY(rows)
    ) j ORDER BY j.left_id, j.right_id, j.id DESC
$$;

CREATE FUNCTION registry_check_judgement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF registry_row_of(NEW.left_id) <> NEW.left_id OR registry_row_of(NEW.right_id) <> NEW.right_id THEN
        RAISE EXCEPTION 'a judgement names rows by their first records'
            USING ERRCODE = 'check_violation', TABLE = 'registry_judgement', CONSTRAINT = 'judgement_of_rows';
    END IF;
    IF NEW.says = 'open' THEN
        RETURN NEW;
    END IF;
    IF NEW.candidate_id IS NOT NULL THEN
        IF (SELECT count(DISTINCT reviewer_id) FROM registry_standingreview WHERE candidate_id = NEW.candidate_id
                AND verdict = NEW.says AND reviewer_id IN (NEW.first_id, NEW.second_id)) < 2
            OR NOT EXISTS (SELECT 1 FROM registry_candidate c WHERE c.id = NEW.candidate_id
                AND least(registry_row_of(c.left_id), registry_row_of(c.right_id)) = NEW.left_id
                AND greatest(registry_row_of(c.left_id), registry_row_of(c.right_id)) = NEW.right_id) THEN
            RAISE EXCEPTION 'a judgement needs two verdicts by two people on the pair of its rows'
                USING ERRCODE = 'check_violation', TABLE = 'registry_judgement', CONSTRAINT = 'judgement_needs_two_people';
        END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM registry_identitychange WHERE id = NEW.change_id AND allowed
                      AND asked_by_id = NEW.first_id AND decided_by_id = NEW.second_id) THEN
        RAISE EXCEPTION 'a judgement needs two people: verdicts on a pair, or a change that one asked for and another allowed'
            USING ERRCODE = 'check_violation', TABLE = 'registry_judgement', CONSTRAINT = 'judgement_needs_two_people';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER by_two_people BEFORE INSERT ON registry_judgement FOR EACH ROW EXECUTE FUNCTION registry_check_judgement();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_judgement
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();

CREATE FUNCTION registry_check_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.kind, OLD.identity_id, OLD.other_id, OLD.parts, OLD.reason, OLD.asked_by_id, OLD.asked_at)
        IS DISTINCT FROM (NEW.id, NEW.kind, NEW.identity_id, NEW.other_id, NEW.parts, NEW.reason, NEW.asked_by_id, NEW.asked_at)
        OR OLD.allowed IS NOT NULL THEN
        RAISE EXCEPTION 'change % is fixed', OLD.id
            USING ERRCODE = 'restrict_violation', TABLE = 'registry_identitychange', CONSTRAINT = 'change_is_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER change_is_fixed BEFORE UPDATE ON registry_identitychange FOR EACH ROW EXECUTE FUNCTION registry_check_change();
CREATE TRIGGER never_taken_out BEFORE DELETE OR TRUNCATE ON registry_identitychange
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();

CREATE FUNCTION registry_check_deciders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.allowed AND EXISTS (SELECT 1 FROM registry_user u WHERE u.id IN (NEW.asked_by_id, NEW.decided_by_id)
            AND NOT (u.is_active AND u.role IN ('verifier', 'adjudicator', 'lead')))
        OR NEW.decided_by_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM registry_user u WHERE u.id = NEW.decided_by_id
            AND u.is_active AND u.role IN ('adjudicator', 'lead')) THEN
        RAISE EXCEPTION 'change % is decided by an adjudicator or lead', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_identitychange', CONSTRAINT = 'change_by_who_may';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER by_who_may BEFORE INSERT OR UPDATE ON registry_identitychange
    FOR EACH ROW EXECUTE FUNCTION registry_check_deciders();
"""

IDENTITIES = """
CREATE FUNCTION registry_check_identity_whole(wanted uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    now_status text;
    held bigint[];
    reached bigint[];
    apart bigint;
BEGIN
    SELECT status INTO now_status FROM registry_identity WHERE id = wanted;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT coalesce(array_agg(row_id ORDER BY row_id), '{}') INTO held FROM registry_identitymember WHERE identity_id = wanted;
    IF now_status <> 'verified' THEN
        IF cardinality(held) > 0 THEN
            RAISE EXCEPTION 'identity % is % and cannot hold records', wanted, now_status
                USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_merged_is_empty';
        END IF;
        RETURN;
    END IF;
    WITH RECURSIVE standing AS MATERIALIZED (
        SELECT * FROM registry_standing_judgements(held)
    ), reach(row_id) AS (
        SELECT held[1]
        UNION
        SELECT CASE WHEN s.left_id = r.row_id THEN s.right_id ELSE s.left_id END
        FROM reach r JOIN standing s ON s.says = 'same' AND r.row_id IN (s.left_id, s.right_id)
    )
    SELECT (SELECT array_agg(row_id) FROM reach),
           (SELECT count(*) FROM standing s WHERE s.says = 'different' AND s.left_id = ANY(held) AND s.right_id = ANY(held))
    INTO reached, apart;
    IF cardinality(held) < 2 OR cardinality(reached) < 2 THEN
        RAISE EXCEPTION 'identity % cannot be verified without two verdicts "same" by two people', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_needs_two_people';
    END IF;
    IF NOT held <@ reached THEN
        RAISE EXCEPTION 'the rows of identity % do not hang together by judgements of two people', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_hangs_together';
    END IF;
    IF NOT reached <@ held THEN
        RAISE EXCEPTION 'identity % must hold exactly the rows that were judged to be one child', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_is_whole';
    END IF;
    IF apart > 0 THEN
        RAISE EXCEPTION 'two people hold two rows of identity % for two children', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_across_different';
    END IF;
END $$;

CREATE FUNCTION registry_check_identity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_status text;
    now_into uuid;
BEGIN
    PERFORM registry_check_identity_whole(NEW.id);
    IF TG_OP = 'INSERT' AND NEW.status <> 'verified' THEN
        RAISE EXCEPTION 'identity % cannot begin as %', NEW.id, NEW.status
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_begins_verified';
    END IF;
    SELECT status, merged_into_id INTO now_status, now_into FROM registry_identity WHERE id = NEW.id;
    IF now_status <> 'merged' THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM registry_identity WHERE id = now_into AND status <> 'merged')
        OR EXISTS (SELECT 1 FROM registry_identity WHERE merged_into_id = NEW.id) THEN
        RAISE EXCEPTION 'identity % must be merged into one that stands for itself', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_alias_of_verified';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.merged_into_id <> now_into AND NOT EXISTS (
        SELECT 1 FROM registry_identity WHERE id = OLD.merged_into_id AND merged_into_id = now_into
    ) THEN
        RAISE EXCEPTION 'identity % was merged into % and follows that one only', NEW.id, OLD.merged_into_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_alias_follows';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION registry_check_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM registry_check_identity_whole(OLD.identity_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM registry_check_identity_whole(NEW.identity_id);
        IF registry_row_of(NEW.record_id) <> NEW.row_id OR registry_row_of(NEW.shown_id) <> NEW.row_id THEN
            RAISE EXCEPTION 'a member is one row in all its versions'
                USING ERRCODE = 'check_violation', TABLE = 'registry_identitymember', CONSTRAINT = 'member_is_one_row';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION registry_check_identities_of_judgement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
BEGIN
    SELECT says INTO stands FROM registry_judgement WHERE left_id = NEW.left_id AND right_id = NEW.right_id ORDER BY id DESC LIMIT 1;
    IF stands = 'same' AND (SELECT count(*) <> 2 OR count(DISTINCT identity_id) <> 1 FROM registry_identitymember
                            WHERE row_id IN (NEW.left_id, NEW.right_id)) THEN
        RAISE EXCEPTION 'rows % and % were judged to be one child and must be in one identity', NEW.left_id, NEW.right_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_judgement', CONSTRAINT = 'judgement_makes_identity';
    END IF;
    PERFORM registry_check_identity_whole(identity_id) FROM (
        SELECT DISTINCT identity_id FROM registry_identitymember WHERE row_id IN (NEW.left_id, NEW.right_id)) touched;
    RETURN NULL;
END $$;

CREATE FUNCTION registry_check_identity_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_check_identity_whole(NEW.identity_id);
    RETURN NULL;
END $$;

CREATE FUNCTION registry_check_judged_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM registry_review v JOIN registry_judgement j ON j.candidate_id = v.candidate_id
        WHERE v.id = NEW.review_id AND j.says <> 'open' AND v.reviewer_id IN (j.first_id, j.second_id)
          AND NOT EXISTS (SELECT 1 FROM registry_judgement n
                          WHERE n.left_id = j.left_id AND n.right_id = j.right_id AND n.id > j.id)
    ) THEN
        RAISE EXCEPTION 'a judgement stands on verdict %: it is taken back first', NEW.review_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_withdrawal', CONSTRAINT = 'withdrawal_of_judged';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER identity_verified AFTER INSERT OR UPDATE ON registry_identity
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_identity();
CREATE CONSTRAINT TRIGGER identity_member_verified AFTER INSERT OR UPDATE OR DELETE ON registry_identitymember
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_member();
CREATE CONSTRAINT TRIGGER judgement_makes_identity AFTER INSERT ON registry_judgement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_identities_of_judgement();
CREATE CONSTRAINT TRIGGER event_of_whole_identity AFTER INSERT ON registry_identityevent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_identity_of_event();
CREATE CONSTRAINT TRIGGER withdrawal_of_judged AFTER INSERT ON registry_withdrawal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_judged_verdict();

CREATE TRIGGER member_keeps_its_row BEFORE UPDATE ON registry_identitymember FOR EACH ROW
    WHEN ((OLD.id, OLD.row_id) IS DISTINCT FROM (NEW.id, NEW.row_id)) EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER identity_keeps_its_id BEFORE UPDATE ON registry_identity FOR EACH ROW
    WHEN ((OLD.id, OLD.created_at) IS DISTINCT FROM (NEW.id, NEW.created_at)
          OR OLD.status <> 'verified' AND NEW.status <> OLD.status)
    EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER never_taken_out BEFORE DELETE ON registry_identity FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();

CREATE OR REPLACE FUNCTION registry_refuse_deletion_of_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM registry_identitymember WHERE OLD.id IN (row_id, record_id, shown_id))
        OR EXISTS (SELECT 1 FROM registry_judgement WHERE left_id = OLD.id)
        OR EXISTS (SELECT 1 FROM registry_judgement WHERE right_id = OLD.id) THEN
        RAISE EXCEPTION 'record % is in an identity or was judged and cannot be deleted', OLD.id
            USING ERRCODE = 'restrict_violation', TABLE = 'registry_record', CONSTRAINT = 'record_of_identity_stays';
    END IF;
    RETURN OLD;
END $$;
"""


# Who has received an identity is read from the log of what was given.
GIVEN = """
CREATE INDEX audit_given_identities ON registry_auditentry USING gin ((data -> 'ids') jsonb_path_ops) WHERE action = 'feed.identities';
CREATE INDEX audit_exported_identities ON registry_auditentry USING gin ((data -> 'identities') jsonb_path_ops)
    WHERE action = 'export.given';
"""

OPENINGS = [("pair", "Pair"), ("skip", "Skip"), ("document", "Document"), ("around", "Around"), ("child", "Child")]


class Migration(migrations.Migration):
    dependencies = [("registry", "0028_judgements_written")]

    operations = [
        migrations.DeleteModel("IdentityLink"),
        migrations.RemoveConstraint("opening", "opening_known_kind"),
        migrations.AlterField("opening", "kind", models.CharField(choices=OPENINGS, max_length=10)),
        migrations.AddConstraint(
            "opening",
            models.CheckConstraint(
                condition=models.Q(("kind__in", [code for code, _ in OPENINGS])), name="opening_known_kind"
            ),
        ),
        migrations.AlterField(
            "identitymember",
            "row",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="membership", to="registry.record"
            ),
        ),
        migrations.AlterField(
            "identitymember",
            "shown",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.record"
            ),
        ),
        migrations.RunSQL(STANDING),
        migrations.RunSQL(JUDGEMENTS),
        migrations.RunSQL(IDENTITIES),
        migrations.RunSQL(GIVEN),
    ]
