"""Consumers, not tokens: tokens belong to a consumer with purpose, basis and terms that two people decide.

The tokens there are go on: each name becomes a consumer whose terms are carried over as they stood, marked as such, until
two people state better ones; they are good for half a year from now.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

PERSON = dict(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)
PURPOSES = ["tracing", "case_management", "legal", "research", "unstated"]

CARRY_OVER = """
INSERT INTO registry_consumer (name, created_at, closed_at)
SELECT name, min(created_at), CASE WHEN bool_and(revoked_at IS NOT NULL) THEN max(revoked_at) END
FROM registry_apitoken GROUP BY name;
INSERT INTO registry_consumerterms
    (consumer_id, purpose, basis, scopes, endpoint, rate, asked_at, allowed, decided_at, carried_over)
SELECT DISTINCT ON (c.id) c.id, 'unstated', 'carried over from a token of before', t.scopes, '', 600, t.created_at, true, now(), true
FROM registry_consumer c JOIN registry_apitoken t ON t.name = c.name
ORDER BY c.id, t.revoked_at IS NULL DESC, t.created_at DESC;
UPDATE registry_apitoken t SET consumer_id = c.id, expires_at = now() + interval '180 days'
FROM registry_consumer c WHERE c.name = t.name;
"""

RULES = """
CREATE FUNCTION registry_check_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.allowed IS NOT NULL
        OR (to_jsonb(NEW) - '{allowed,decided_by_id,decided_at}'::text[])
           IS DISTINCT FROM (to_jsonb(OLD) - '{allowed,decided_by_id,decided_at}'::text[]) THEN
        RAISE EXCEPTION 'terms of a consumer are decided once and never changed'
            USING ERRCODE = 'check_violation', TABLE = 'registry_consumerterms', CONSTRAINT = 'terms_stand';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stand BEFORE UPDATE OR DELETE ON registry_consumerterms
    FOR EACH ROW EXECUTE FUNCTION registry_check_terms();
CREATE FUNCTION registry_check_consumer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name <> OLD.name OR OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at THEN
        RAISE EXCEPTION 'a consumer keeps its name, and is closed for good'
            USING ERRCODE = 'check_violation', TABLE = 'registry_consumer', CONSTRAINT = 'consumer_closed_for_good';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_for_good BEFORE UPDATE ON registry_consumer
    FOR EACH ROW EXECUTE FUNCTION registry_check_consumer();
"""

NO_RULES = """
DROP TRIGGER closed_for_good ON registry_consumer; DROP FUNCTION registry_check_consumer();
DROP TRIGGER stand ON registry_consumerterms; DROP FUNCTION registry_check_terms();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0030_evidence_scope"),
    ]

    operations = [
        migrations.CreateModel(
            name="Consumer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={"constraints": [models.CheckConstraint(condition=~Q(name=""), name="consumer_has_name")]},
        ),
        migrations.CreateModel(
            name="ConsumerTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(choices=[
                    ("tracing", "tracing and reunification"), ("case_management", "case management"),
                    ("legal", "a court or prosecutor"), ("research", "research and documentation"),
                    ("unstated", "not stated yet")], max_length=20)),
                ("basis", models.CharField(max_length=300)),
                ("scopes", models.JSONField(default=list)),
                ("endpoint", models.CharField(blank=True, default="", max_length=500)),
                ("rate", models.PositiveIntegerField(default=600)),
                ("asked_at", models.DateTimeField()),
                ("allowed", models.BooleanField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("carried_over", models.BooleanField(default=False)),
                ("asked_by", models.ForeignKey(**PERSON)),
                ("consumer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="registry.consumer")),
                ("decided_by", models.ForeignKey(**PERSON)),
            ],
            options={"constraints": [
                models.CheckConstraint(condition=Q(purpose__in=PURPOSES), name="terms_known_purpose"),
                models.CheckConstraint(condition=Q(rate__gte=1), name="terms_rate_positive"),
                models.CheckConstraint(
                    name="terms_by_two_people",
                    condition=Q(carried_over=True, asked_by__isnull=True, decided_by__isnull=True)
                    | Q(carried_over=False, asked_by__isnull=False) & (Q(decided_by__isnull=True) | ~Q(asked_by=F("decided_by"))),
                ),
                models.CheckConstraint(
                    name="terms_decided_whole",
                    condition=Q(allowed__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                    | Q(allowed__isnull=False, decided_at__isnull=False) & (Q(decided_by__isnull=False) | Q(carried_over=True)),
                ),
                models.UniqueConstraint(condition=Q(allowed__isnull=True), fields=("consumer",), name="terms_one_waits"),
            ]},
        ),
        migrations.AddField(
            model_name="apitoken", name="consumer",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="tokens", to="registry.consumer"),
        ),
        migrations.AddField(model_name="apitoken", name="expires_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="apitoken", name="consumer",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tokens", to="registry.consumer"),
        ),
        migrations.AlterField(model_name="apitoken", name="expires_at", field=models.DateTimeField()),
        migrations.RemoveConstraint(model_name="apitoken", name="token_name_once"),
        migrations.RemoveField(model_name="apitoken", name="name"),
        migrations.RemoveField(model_name="apitoken", name="scopes"),
        migrations.RunSQL(RULES, NO_RULES),
    ]
