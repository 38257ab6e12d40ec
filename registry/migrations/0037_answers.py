"""Answers of consumers: what became of an identity with them, and disputes, which hold it until a third person has looked."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

PROTECT = django.db.models.deletion.PROTECT

RULES = """
CREATE FUNCTION registry_check_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.settlement = 'stands'
        OR (to_jsonb(NEW) - '{settlement,settled_by_id,settled_at}'::text[])
           IS DISTINCT FROM (to_jsonb(OLD) - '{settlement,settled_by_id,settled_at}'::text[]) THEN
        RAISE EXCEPTION 'an answer of a consumer never changes'
            USING ERRCODE = 'check_violation', TABLE = 'registry_consumeranswer', CONSTRAINT = 'answer_stands';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stands BEFORE UPDATE OR DELETE ON registry_consumeranswer
    FOR EACH ROW EXECUTE FUNCTION registry_check_answer();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0036_transfers"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsumerAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("linked", "Linked"), ("reunified", "Reunified"), ("returned", "Returned"), ("disputed", "Disputed"), ("cannot_use", "Cannot Use")], max_length=12)),
                ("on", models.DateField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=20)),
                ("key", models.CharField(max_length=100)),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("settlement", models.CharField(blank=True, choices=[("stands", "Stands"), ("wrong", "Wrong")], default="", max_length=10)),
                ("settled_at", models.DateTimeField(null=True)),
                ("consumer", models.ForeignKey(on_delete=PROTECT, related_name="answers", to="registry.consumer")),
                ("identity", models.ForeignKey(on_delete=PROTECT, related_name="answers", to="registry.identity")),
                ("settled_by", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(condition=Q(kind="disputed") & ~Q(settlement="stands"), fields=["identity"], name="answer_holds")],
                "constraints": [
                    models.UniqueConstraint(fields=("consumer", "key"), name="answer_once"),
                    models.CheckConstraint(condition=Q(kind__in=["linked", "reunified", "returned", "disputed", "cannot_use"]), name="answer_known_kind"),
                    models.CheckConstraint(condition=Q(kind="disputed") ^ Q(reason=""), name="answer_dispute_has_reason"),
                    models.CheckConstraint(
                        name="answer_settled_whole",
                        condition=Q(settlement="", settled_by__isnull=True, settled_at__isnull=True)
                        | Q(settlement__in=["stands", "wrong"], kind="disputed", settled_by__isnull=False, settled_at__isnull=False),
                    ),
                ],
            },
        ),
        migrations.RunSQL(RULES, "DROP TRIGGER stands ON registry_consumeranswer; DROP FUNCTION registry_check_answer();"),
    ]
