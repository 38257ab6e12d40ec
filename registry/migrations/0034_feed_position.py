"""The feed's id and epochs, the ledger of deliveries, how far each consumer has come, and a word to whoever waits for events."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

PROTECT = django.db.models.deletion.PROTECT

NOTIFY = """
CREATE FUNCTION registry_tell_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('ridni_feed', '');  -- once for each transaction, at its commit
    RETURN NULL;
END $$;
CREATE TRIGGER tell_feed AFTER INSERT ON registry_identityevent FOR EACH STATEMENT EXECUTE FUNCTION registry_tell_feed();
"""


CARRY_OVER = """
INSERT INTO registry_delivery (consumer_id, identity_id, way, sha256, status, sequence, first_at, last_at, times)
SELECT c.id, i.id, 'feed', '', 'verified', 0, min(a.at), max(a.at), count(*)
FROM registry_auditentry a
CROSS JOIN LATERAL (
    SELECT a.object_id AS id WHERE a.action = 'feed.identity'
    UNION ALL SELECT jsonb_array_elements_text(a.data -> 'ids') WHERE a.action = 'feed.identities'
) given
JOIN registry_identity i ON i.id::text = given.id
JOIN registry_consumer c ON a.actor IN ('token:' || c.name, c.name)
WHERE a.action IN ('feed.identity', 'feed.identities')
GROUP BY c.id, i.id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0033_listed_twice"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedEpoch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("feed", models.UUIDField(editable=False)),
                ("started_at", models.DateTimeField()),
                ("reason", models.CharField(choices=[("first", "First"), ("restored", "Restored")], max_length=10)),
            ],
            options={"constraints": [
                models.CheckConstraint(condition=Q(reason__in=["first", "restored"]), name="epoch_known_reason"),
                models.UniqueConstraint(condition=Q(reason="first"), fields=("reason",), name="epoch_first_once"),
            ]},
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("way", models.CharField(max_length=20)),
                ("sha256", models.CharField(max_length=64)),
                ("status", models.CharField(max_length=10)),
                ("sequence", models.BigIntegerField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("consumer", models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="registry.consumer")),
                ("identity", models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="deliveries", to="registry.identity")),
            ],
            options={"constraints": [
                models.UniqueConstraint(fields=("identity", "consumer", "way", "sha256"), name="delivery_once"),
                models.CheckConstraint(condition=~Q(way=""), name="delivery_names_way"),
            ]},
        ),
        migrations.CreateModel(
            name="ConsumerPosition",
            fields=[
                ("consumer", models.OneToOneField(on_delete=PROTECT, primary_key=True, related_name="position", serialize=False, to="registry.consumer")),
                ("sequence", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("epoch", models.ForeignKey(on_delete=PROTECT, related_name="+", to="registry.feedepoch")),
            ],
        ),
        migrations.CreateModel(
            name="FeedRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("what", models.CharField(max_length=20)),
                ("identities", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ("consumer", models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="registry.consumer")),
            ],
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.RunSQL(NOTIFY, "DROP TRIGGER tell_feed ON registry_identityevent; DROP FUNCTION registry_tell_feed();"),
    ]
