"""The reviewers' desk: urgency and filters of the queue, groups of records, withdrawn verdicts, handing over, notes.

Rules kept by the database, whoever writes to it:

1. Only verdicts that stand count: a withdrawn one never makes two people.
2. One standing verdict per person and per ordinal of a pair. Who has withdrawn a blind verdict has learnt what it led to, and
   judges the pair no more.
3. A verdict is withdrawn by the person who gave it, while no later one stands, nobody else holds the pair, and the pair is not
   verified or superseded.
4. Withdrawals and escalations are append-only.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STANDING = """
CREATE OR REPLACE FUNCTION registry_same_verdicts(candidate bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT reviewer_id) FROM registry_review r WHERE candidate_id = candidate AND verdict = 'same'
        AND NOT EXISTS (SELECT 1 FROM registry_withdrawal w WHERE w.review_id = r.id)
$$;

CREATE FUNCTION registry_check_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM registry_candidate WHERE id = NEW.candidate_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM registry_review r LEFT JOIN registry_withdrawal w ON w.review_id = r.id
        WHERE r.candidate_id = NEW.candidate_id AND r.reviewer_id = NEW.reviewer_id AND (w.id IS NULL OR r.ordinal = 2)
    ) THEN
        RAISE EXCEPTION 'review_once_per_person: this person has judged candidate % already', NEW.candidate_id
            USING ERRCODE = 'unique_violation', TABLE = 'registry_review', CONSTRAINT = 'review_once_per_person';
    END IF;
    IF EXISTS (
        SELECT 1 FROM registry_review r WHERE r.candidate_id = NEW.candidate_id AND r.ordinal = NEW.ordinal
            AND NOT EXISTS (SELECT 1 FROM registry_withdrawal w WHERE w.review_id = r.id)
    ) THEN
        RAISE EXCEPTION 'review_ordinal_once: candidate % has a verdict of this ordinal', NEW.candidate_id
            USING ERRCODE = 'unique_violation', TABLE = 'registry_review', CONSTRAINT = 'review_ordinal_once';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION registry_check_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF pair.status IN ('verified', 'superseded')
        OR (pair.reserved_by_id <> NEW.by_id AND pair.reserved_until > now())
        OR EXISTS (
            SELECT 1 FROM registry_review r WHERE r.candidate_id = pair.id AND r.ordinal > given.ordinal
                AND NOT EXISTS (SELECT 1 FROM registry_withdrawal w WHERE w.review_id = r.id))
    THEN
        RAISE EXCEPTION 'verdict % has been acted upon', NEW.review_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_withdrawal', CONSTRAINT = 'withdrawal_before_others_act';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER one_standing_verdict BEFORE INSERT ON registry_review
    FOR EACH ROW EXECUTE FUNCTION registry_check_review();
CREATE TRIGGER own_and_in_time BEFORE INSERT ON registry_withdrawal
    FOR EACH ROW EXECUTE FUNCTION registry_check_withdrawal();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_withdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_escalation
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
"""

STANDING_BACK = """
DROP TRIGGER append_only ON registry_escalation;
DROP TRIGGER append_only ON registry_withdrawal;
DROP TRIGGER own_and_in_time ON registry_withdrawal;
DROP TRIGGER one_standing_verdict ON registry_review;
DROP FUNCTION registry_check_withdrawal();
DROP FUNCTION registry_check_review();
CREATE OR REPLACE FUNCTION registry_same_verdicts(candidate bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT reviewer_id) FROM registry_review WHERE candidate_id = candidate AND verdict = 'same'
$$;
"""


def serial() -> models.BigAutoField:
    """Return a primary key."""
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def person() -> models.ForeignKey:
    """Return a reference to an account."""
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)


def texts(**more: object) -> django.contrib.postgres.fields.ArrayField:
    """Return a list of place identifiers."""
    field = models.CharField(max_length=12)
    return django.contrib.postgres.fields.ArrayField(base_field=field, default=list, size=None, **more)


GROUPS = ["mother", "self", "named", "transfer", "institution"]
ESCALATION_REASONS = ("safety", "complex", "know_child", "bad_record", "other")


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_fixed_facts")]

    operations = [
        migrations.CreateModel(
            name="DeskFacts",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="desk_facts",
                        serialize=False,
                        to="registry.record",
                    ),
                ),
                ("born_from", models.SmallIntegerField(null=True)),
                ("born_to", models.SmallIntegerField(null=True)),
                ("adult_month", models.DateField(null=True)),
                ("regions", texts()),
                ("card_open", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="RecordGroup",
            fields=[
                ("id", serial()),
                ("kind", models.CharField(choices=[(k, k.capitalize()) for k in GROUPS], max_length=12)),
                ("digest", models.CharField(max_length=32)),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="groups", to="registry.record"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["digest", "record"], name="group_by_digest")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", GROUPS)), name="group_known_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="RosterMeeting",
            fields=[
                ("id", serial()),
                ("transfer", models.CharField(max_length=32)),
                ("institution", models.CharField(max_length=32)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("transfer", "institution"), name="meeting_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", serial()),
                ("at", models.DateTimeField()),
                ("by", person()),
                (
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="registry.review"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", serial()),
                ("reason", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", person()),
                (
                    "candidate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="registry.candidate"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["candidate", "by"], name="escalation_of_candidate")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ESCALATION_REASONS)), name="escalation_known_reason"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", serial()),
                ("text", models.CharField(max_length=1000)),
                (
                    "escalation",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="note",
                        to="registry.escalation",
                    ),
                ),
                (
                    "review",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="note",
                        to="registry.review",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("review__isnull", True), ("escalation__isnull", True), _connector="XOR"),
                        name="note_of_one_thing",
                    )
                ],
            },
        ),
        migrations.AddField("candidate", "urgency", models.FloatField(db_default=1.0, default=1.0)),
        migrations.AddField(
            "candidate", "urgent_for", models.CharField(blank=True, db_default="", default="", max_length=80)
        ),
        migrations.AddField(
            "candidate",
            "sources",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=models.Value([]), default=list, size=None
            ),
        ),
        migrations.AddField("candidate", "regions", texts(db_default=models.Value([]))),
        migrations.AddField("candidate", "born_from", models.SmallIntegerField(null=True)),
        migrations.AddField("candidate", "born_to", models.SmallIntegerField(null=True)),
        migrations.AddField("candidate", "escalated", models.BooleanField(db_default=False, default=False)),
        migrations.AddField(
            "candidate",
            "reopens",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="registry.candidate",
            ),
        ),
        migrations.AddField(
            "candidate",
            "meeting",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="candidates",
                to="registry.rostermeeting",
            ),
        ),
        migrations.AddIndex(
            "candidate",
            models.Index(
                models.OrderBy(
                    models.expressions.CombinedExpression(models.F("probability"), "*", models.F("urgency")),
                    descending=True,
                ),
                models.OrderBy(models.F("status"), descending=True),
                models.F("id"),
                condition=models.Q(("escalated", False), ("status__in", ["open", "second"])),
                name="candidate_by_urgency",
            ),
        ),
        migrations.AddIndex(
            "candidate",
            models.Index(
                models.OrderBy(models.F("probability"), descending=True),
                models.F("id"),
                condition=models.Q(("escalated", True), ("status__in", ["open", "second"])),
                name="candidate_escalated",
            ),
        ),
        migrations.RemoveConstraint("review", "review_once_per_person"),
        migrations.RemoveConstraint("review", "review_ordinal_once"),
        migrations.AddIndex("review", models.Index(fields=["candidate", "reviewer"], name="review_of_candidate")),
        migrations.RunSQL(STANDING, STANDING_BACK),
    ]
