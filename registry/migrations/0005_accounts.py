"""Gold items apart from what counts, exports by two people, the right to see where a child is, and a cache for rate limits.

1. A verdict that counts on a planted candidate is refused, and so is any status but open or superseded.
2. A verdict on a gold item never changes; it may be withdrawn once. A gold item may only be retired and planted again.
3. What was asked for in an export request never changes; what was decided and fetched is written once.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RULES = """
CREATE FUNCTION registry_refuse_on_gold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM registry_golditem WHERE candidate_id = NEW.candidate_id AND retired_at IS NULL) THEN
        RAISE EXCEPTION 'candidate % is a gold item: no verdict on it counts', NEW.candidate_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_review', CONSTRAINT = 'gold_never_counts';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gold_never_counts BEFORE INSERT ON registry_review FOR EACH ROW EXECUTE FUNCTION registry_refuse_on_gold();

CREATE FUNCTION registry_keep_gold_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM registry_golditem WHERE candidate_id = NEW.id AND retired_at IS NULL) THEN
        RAISE EXCEPTION 'candidate % is a gold item and stays open', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_candidate', CONSTRAINT = 'gold_stays_open';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gold_stays_open BEFORE UPDATE OF status ON registry_candidate FOR EACH ROW
    WHEN (NEW.status NOT IN ('open', 'superseded')) EXECUTE FUNCTION registry_keep_gold_open();

CREATE FUNCTION registry_plant_open_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.retired_at IS NULL AND (
        NOT EXISTS (SELECT 1 FROM registry_candidate WHERE id = NEW.candidate_id AND status = 'open')
        OR EXISTS (SELECT 1 FROM registry_review WHERE candidate_id = NEW.candidate_id)) THEN
        RAISE EXCEPTION 'candidate % has been judged and cannot be a gold item', NEW.candidate_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_golditem', CONSTRAINT = 'gold_begins_open';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gold_begins_open BEFORE INSERT OR UPDATE ON registry_golditem
    FOR EACH ROW EXECUTE FUNCTION registry_plant_open_only();
CREATE TRIGGER gold_keeps_its_candidate BEFORE UPDATE ON registry_golditem FOR EACH ROW
    WHEN ((OLD.id, OLD.candidate_id) IS DISTINCT FROM (NEW.id, NEW.candidate_id))
    EXECUTE FUNCTION registry_refuse_change();

CREATE TRIGGER gold_review_never_changes BEFORE UPDATE ON registry_goldreview FOR EACH ROW
    WHEN ((OLD.id, OLD.item_id, OLD.reviewer_id, OLD.verdict, OLD.reason, OLD.decided_at, OLD.shown)
          IS DISTINCT FROM (NEW.id, NEW.item_id, NEW.reviewer_id, NEW.verdict, NEW.reason, NEW.decided_at, NEW.shown)
          OR OLD.withdrawn_at IS NOT NULL)
    EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON registry_goldreview
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();

CREATE TRIGGER export_never_changes BEFORE UPDATE ON registry_exportrequest FOR EACH ROW
    WHEN ((OLD.id, OLD.kind, OLD.purpose, OLD.recipient, OLD.requested_by_id, OLD.requested_at)
          IS DISTINCT FROM (NEW.id, NEW.kind, NEW.purpose, NEW.recipient, NEW.requested_by_id, NEW.requested_at)
          OR (OLD.allowed IS NOT NULL AND (OLD.allowed, OLD.decided_by_id, OLD.decided_at)
              IS DISTINCT FROM (NEW.allowed, NEW.decided_by_id, NEW.decided_at))
          OR OLD.fetched_at IS NOT NULL)
    EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON registry_exportrequest
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
"""

RULES_BACK = """
DROP TRIGGER append_only ON registry_exportrequest;
DROP TRIGGER export_never_changes ON registry_exportrequest;
DROP TRIGGER append_only ON registry_goldreview;
DROP TRIGGER gold_review_never_changes ON registry_goldreview;
DROP TRIGGER gold_keeps_its_candidate ON registry_golditem;
DROP TRIGGER gold_begins_open ON registry_golditem;
DROP FUNCTION registry_plant_open_only();
DROP TRIGGER gold_stays_open ON registry_candidate;
DROP FUNCTION registry_keep_gold_open();
DROP TRIGGER gold_never_counts ON registry_review;
DROP FUNCTION registry_refuse_on_gold();
"""

CACHE = """
CREATE TABLE IF NOT EXISTS registry_cache (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS registry_cache_expires ON registry_cache (expires);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0004_desk'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='sees_location',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='GoldItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer', models.CharField(choices=[('same', 'Same'), ('different', 'Different'), ('cannot_tell', 'Cannot Tell')], max_length=12)),
                ('planted_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(null=True)),
                ('candidate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='gold', to='registry.candidate')),
                ('planted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='GoldReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('same', 'Same'), ('different', 'Different'), ('cannot_tell', 'Cannot Tell')], max_length=12)),
                ('reason', models.CharField(max_length=40)),
                ('decided_at', models.DateTimeField()),
                ('shown', models.JSONField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='registry.golditem')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gold_reviews', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ExportRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('candidates', 'candidates with names'), ('identities', 'verified identities with their values')], max_length=20)),
                ('purpose', models.CharField(choices=[('tracing', 'tracing by a partner'), ('legal', 'a court or prosecutor'), ('family', 'an answer to a family'), ('check', 'a check of the data')], max_length=20)),
                ('recipient', models.CharField(max_length=120)),
                ('requested_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('allowed', models.BooleanField(null=True)),
                ('fetched_at', models.DateTimeField(null=True)),
                ('rows', models.PositiveIntegerField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['-requested_at'], name='export_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['candidates', 'identities'])), name='export_known_kind'), models.CheckConstraint(condition=models.Q(('purpose__in', ['tracing', 'legal', 'family', 'check'])), name='export_known_purpose'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='export_needs_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('allowed__isnull', True), ('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('allowed__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='export_decision_whole'), models.CheckConstraint(condition=models.Q(('fetched_at__isnull', True), ('allowed', True), _connector='OR'), name='export_fetched_when_allowed')],
            },
        ),
        migrations.AddConstraint(
            model_name='golditem',
            constraint=models.CheckConstraint(condition=models.Q(('answer__in', ['same', 'different'])), name='gold_known_answer'),
        ),
        migrations.AddIndex(
            model_name='goldreview',
            index=models.Index(fields=['reviewer', 'decided_at'], name='gold_review_by_person'),
        ),
        migrations.AddConstraint(
            model_name='goldreview',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('item', 'reviewer'), name='gold_review_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='goldreview',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['same', 'different', 'cannot_tell'])), name='gold_review_known_verdict'),
        ),
        migrations.RunSQL(RULES, RULES_BACK),
        migrations.RunSQL(CACHE, "DROP TABLE registry_cache"),
    ]
