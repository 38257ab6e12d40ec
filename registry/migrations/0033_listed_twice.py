"""Pairs in which nobody is sought have a queue, a verdict and a judgement of their own: one child listed twice.

1. `twice` is asked of such pairs and `same` of all others; a pair stands as `twice` after two verdicts of two people.
2. Rows that are judged `twice` go together: an identity that holds one of them holds all. They alone are no identity: a `same` of two
   people has to find the child.
"""

import django.db.models.expressions
from django.db import migrations, models


RULES = """
CREATE OR REPLACE FUNCTION registry_check_candidate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_status text;
BEGIN
    SELECT status INTO now_status FROM registry_candidate WHERE id = NEW.id;
    IF now_status = 'verified' AND registry_same_verdicts(NEW.id) < 2 THEN
        RAISE EXCEPTION 'candidate % cannot be verified without two verdicts "same" by two people', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_candidate', CONSTRAINT = 'candidate_needs_two_people';
    END IF;
    IF now_status = 'twice' AND (SELECT count(DISTINCT reviewer_id) FROM registry_standingreview
                                 WHERE candidate_id = NEW.id AND verdict = 'twice') < 2 THEN
        RAISE EXCEPTION 'candidate % cannot be listed twice without two verdicts "twice" by two people', NEW.id
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
    IF NEW.verdict IN ('same', 'twice') AND (NEW.verdict = 'twice') <> (
        SELECT listed_twice FROM registry_candidate WHERE id = NEW.candidate_id) THEN
        RAISE EXCEPTION 'verdict "%" is not asked of candidate %', NEW.verdict, NEW.candidate_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_review', CONSTRAINT = 'review_of_its_queue';
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
        OR pair.status IN ('verified', 'twice') AND NOT EXISTS (
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

CREATE OR REPLACE FUNCTION registry_check_reopening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM registry_candidate WHERE id = NEW.candidate_id AND status IN ('verified', 'twice', 'rejected', 'unresolved') FOR NO KEY UPDATE;
    IF NOT FOUND OR NEW.after_review <> (SELECT max(id) FROM registry_review WHERE candidate_id = NEW.candidate_id)
        OR EXISTS (SELECT 1 FROM registry_pendingunion WHERE candidate_id = NEW.candidate_id) THEN
        RAISE EXCEPTION 'candidate % is not decided, so nothing of it is opened again', NEW.candidate_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_reopening', CONSTRAINT = 'reopening_of_decided';
    END IF;
    IF NEW.reason = 'support_refused' THEN
        IF NOT EXISTS (
            SELECT 1 FROM registry_support s
            JOIN registry_candidate refused ON least(refused.left_id, refused.right_id) = least(s.by_left_id, s.by_right_id)
                AND greatest(refused.left_id, refused.right_id) = greatest(s.by_left_id, s.by_right_id)
            JOIN registry_review r ON r.candidate_id = refused.id AND r.reviewer_id = NEW.by_id
            WHERE s.candidate_id = NEW.candidate_id AND refused.status = 'rejected') THEN
            RAISE EXCEPTION 'no pair that spoke for candidate % was refused by this person', NEW.candidate_id
                USING ERRCODE = 'check_violation', TABLE = 'registry_reopening', CONSTRAINT = 'reopening_of_leaning';
        END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM registry_user u WHERE u.id = NEW.by_id AND u.is_active AND (u.role = 'lead'
        OR EXISTS (SELECT 1 FROM registry_review r WHERE r.candidate_id = NEW.candidate_id AND r.reviewer_id = u.id))) THEN
        RAISE EXCEPTION 'candidate % is opened again by a lead or who judged it', NEW.candidate_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_reopening', CONSTRAINT = 'reopening_by_who_may';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION registry_check_identity_whole(wanted uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    now_status text;
    held bigint[];
    reached bigint[];
    apart bigint;
    sought bigint;
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
        FROM reach r JOIN standing s ON s.says IN ('same', 'twice') AND r.row_id IN (s.left_id, s.right_id)
    )
    SELECT (SELECT array_agg(row_id) FROM reach),
           (SELECT count(*) FROM standing s WHERE s.says = 'different' AND s.left_id = ANY(held) AND s.right_id = ANY(held)),
           (SELECT count(*) FROM standing s WHERE s.says = 'same' AND s.left_id = ANY(held) AND s.right_id = ANY(held))
    INTO reached, apart, sought;
    IF cardinality(held) < 2 OR cardinality(reached) < 2 OR sought = 0 THEN
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

CREATE OR REPLACE FUNCTION registry_check_identities_of_judgement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
BEGIN
    SELECT says INTO stands FROM registry_judgement WHERE left_id = NEW.left_id AND right_id = NEW.right_id ORDER BY id DESC LIMIT 1;
    IF stands = 'same' AND (SELECT count(*) <> 2 OR count(DISTINCT identity_id) <> 1 FROM registry_identitymember
                            WHERE row_id IN (NEW.left_id, NEW.right_id)) THEN
        RAISE EXCEPTION 'rows % and % were judged to be one child and must be in one identity', NEW.left_id, NEW.right_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_judgement', CONSTRAINT = 'judgement_makes_identity';
    END IF;
    IF stands = 'twice' AND (SELECT count(*) = 1 OR count(DISTINCT identity_id) > 1 FROM registry_identitymember
                             WHERE row_id IN (NEW.left_id, NEW.right_id)) THEN
        RAISE EXCEPTION 'rows % and % list one child twice and go together', NEW.left_id, NEW.right_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_judgement', CONSTRAINT = 'judgement_keeps_together';
    END IF;
    PERFORM registry_check_identity_whole(identity_id) FROM (
        SELECT DISTINCT identity_id FROM registry_identitymember WHERE row_id IN (NEW.left_id, NEW.right_id)) touched;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER candidate_twice_on_insert AFTER INSERT ON registry_candidate
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'twice') EXECUTE FUNCTION registry_check_candidate();
CREATE CONSTRAINT TRIGGER candidate_twice_on_update AFTER UPDATE OF status ON registry_candidate
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'twice') EXECUTE FUNCTION registry_check_candidate();
"""


class Migration(migrations.Migration):
    """Add the queue, the verdict and the judgement."""

    dependencies = [
        ('registry', '0032_support'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='candidate',
            name='candidate_known_status',
        ),
        migrations.RemoveConstraint(
            model_name='goldreview',
            name='gold_review_known_verdict',
        ),
        migrations.RemoveConstraint(
            model_name='judgement',
            name='judgement_known_word',
        ),
        migrations.RemoveConstraint(
            model_name='review',
            name='review_known_verdict',
        ),
        migrations.RemoveIndex(
            model_name='candidate',
            name='candidate_queued',
        ),
        migrations.AddField(
            model_name='candidate',
            name='listed_twice',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name='candidate',
            name='status',
            field=models.CharField(choices=[('open', 'Open'), ('second', 'Second'), ('disputed', 'Disputed'), ('verified', 'Verified'), ('twice', 'Twice'), ('rejected', 'Rejected'), ('unresolved', 'Unresolved'), ('contested', 'Contested'), ('implied', 'Implied'), ('superseded', 'Superseded')], default='open', max_length=10),
        ),
        migrations.AlterField(
            model_name='golditem',
            name='answer',
            field=models.CharField(choices=[('same', 'Same'), ('twice', 'Twice'), ('different', 'Different'), ('cannot_tell', 'Cannot Tell')], max_length=12),
        ),
        migrations.AlterField(
            model_name='goldreview',
            name='verdict',
            field=models.CharField(choices=[('same', 'Same'), ('twice', 'Twice'), ('different', 'Different'), ('cannot_tell', 'Cannot Tell')], max_length=12),
        ),
        migrations.AlterField(
            model_name='judgement',
            name='says',
            field=models.CharField(choices=[('same', 'Same'), ('twice', 'Twice'), ('different', 'Different'), ('open', 'Open')], max_length=10),
        ),
        migrations.AlterField(
            model_name='review',
            name='verdict',
            field=models.CharField(choices=[('same', 'Same'), ('twice', 'Twice'), ('different', 'Different'), ('cannot_tell', 'Cannot Tell')], max_length=12),
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(models.OrderBy(django.db.models.expressions.CombinedExpression(models.F('probability'), '*', models.F('urgency')), descending=True), models.OrderBy(models.F('status'), descending=True), models.F('id'), condition=models.Q(('escalated', False), ('listed_twice', False), ('probability__gte', 0.01), ('status__in', ['open', 'second'])), include=('probability', 'urgency', 'facts'), name='candidate_queued'),
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(models.OrderBy(models.F('probability'), descending=True), models.OrderBy(models.F('status'), descending=True), models.F('id'), condition=models.Q(('escalated', False), ('listed_twice', True), ('status__in', ['open', 'second'])), name='candidate_listed_twice'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'second', 'disputed', 'verified', 'twice', 'rejected', 'unresolved', 'contested', 'implied', 'superseded'])), name='candidate_known_status'),
        ),
        migrations.AddConstraint(
            model_name='goldreview',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['same', 'twice', 'different', 'cannot_tell'])), name='gold_review_known_verdict'),
        ),
        migrations.AddConstraint(
            model_name='judgement',
            constraint=models.CheckConstraint(condition=models.Q(('says__in', ['same', 'twice', 'different', 'open'])), name='judgement_known_word'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['same', 'twice', 'different', 'cannot_tell'])), name='review_known_verdict'),
        ),
        migrations.RunSQL(RULES),
    ]
