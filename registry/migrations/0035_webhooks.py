"""Webhooks: sealed secrets, and an outbox that the database fills in the transaction of each event."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

PROTECT = django.db.models.deletion.PROTECT

FILL = """
CREATE FUNCTION registry_fill_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry_webhookmessage (consumer_id, event_id, identity_id, state, attempts, next_at)
    SELECT c.id, NEW.seq, NEW.identity_id, 'waiting', 0, NEW.at
    FROM registry_consumer c
    JOIN LATERAL (
        SELECT endpoint FROM registry_consumerterms t WHERE t.consumer_id = c.id AND t.allowed
        ORDER BY t.decided_at DESC, t.id DESC LIMIT 1
    ) stands ON stands.endpoint <> ''
    WHERE c.closed_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER fill_outbox AFTER INSERT ON registry_identityevent FOR EACH ROW EXECUTE FUNCTION registry_fill_outbox();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0034_feed_position"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookSecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("consumer", models.ForeignKey(on_delete=PROTECT, related_name="webhook_secrets", to="registry.consumer")),
            ],
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("consumer", models.OneToOneField(on_delete=PROTECT, primary_key=True, related_name="webhook_endpoint", serialize=False, to="registry.consumer")),
                ("off_since", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="WebhookMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=[("waiting", "Waiting"), ("delivered", "Delivered"), ("dead", "Dead")], default="waiting", max_length=10)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("last_status", models.PositiveSmallIntegerField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("consumer", models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="registry.consumer")),
                ("event", models.ForeignKey(on_delete=PROTECT, related_name="+", to="registry.identityevent")),
                ("identity", models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="registry.identity")),
            ],
            options={
                "indexes": [models.Index(condition=Q(state="waiting"), fields=["consumer", "identity", "event"], name="webhook_waiting")],
                "constraints": [
                    models.UniqueConstraint(fields=("consumer", "event"), name="webhook_once"),
                    models.CheckConstraint(condition=Q(state__in=["waiting", "delivered", "dead"]), name="webhook_known_state"),
                ],
            },
        ),
        migrations.RunSQL(FILL, "DROP TRIGGER fill_outbox ON registry_identityevent; DROP FUNCTION registry_fill_outbox();"),
    ]
