"""Consent to tracing: what each version of a row says, and the rows that must not leave.

A refusal, and a consent that cannot be read, holds for its row and for every row of the identities it belongs to, until an explicit
yes of a later day lifts it. Days are those for which a row speaks. A refusal without a day is taken to be of the day on which it
was collected, and one that a later delivery repeats is as new as that delivery; a yes without a day lifts only what an earlier
version of the same row says without one.
"""

from django.db import migrations, models

from django.db.models import Case, Q, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

VIEW = """
CREATE VIEW registry_withheldrow AS
WITH row_of_identity AS (
    SELECT DISTINCT r.source_id, r.key, m.identity_id
    FROM registry_identitymember m JOIN registry_record r ON r.id = m.record_id
), refusal AS (
    SELECT r.source_id, r.key, r.version, i.identity_id, coalesce(r.observed_on, b.as_of) AS day,
           greatest(
               coalesce(r.observed_on, b.as_of, (b.collected_at AT TIME ZONE 'UTC')::date),
               (SELECT max(sb.as_of) FROM registry_sighting s JOIN registry_batch sb ON sb.id = s.batch_id WHERE s.record_id = r.id)
           ) AS until
    FROM registry_record r
    JOIN registry_batch b ON b.id = r.batch_id
    LEFT JOIN row_of_identity i ON i.source_id = r.source_id AND i.key = r.key
    WHERE r.consent IN ('no', 'unclear')
), standing AS (
    SELECT n.* FROM refusal n
    WHERE NOT EXISTS (
        SELECT 1 FROM registry_record y JOIN registry_batch b ON b.id = y.batch_id
        WHERE y.source_id = n.source_id AND y.key = n.key AND y.consent = 'yes' AND (
            coalesce(y.observed_on, b.as_of) > n.until
            OR y.version > n.version AND coalesce(y.observed_on, b.as_of) = n.until
            OR y.version > n.version AND n.day IS NULL AND coalesce(y.observed_on, b.as_of) IS NULL
        )
    ) AND NOT EXISTS (
        SELECT 1 FROM row_of_identity i
        JOIN registry_record y ON y.source_id = i.source_id AND y.key = i.key AND y.consent = 'yes'
        JOIN registry_batch b ON b.id = y.batch_id
        WHERE i.identity_id = n.identity_id AND coalesce(y.observed_on, b.as_of) > n.until
    )
)
SELECT source_id, key, identity_id FROM standing
UNION
SELECT i.source_id, i.key, i.identity_id FROM standing n JOIN row_of_identity i ON i.identity_id = n.identity_id
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0015_sessions")]

    operations = [
        migrations.AddField(
            model_name="record",
            name="consent",
            field=models.GeneratedField(
                db_persist=True,
                expression=Coalesce(
                    KT("payload__values__consent"),
                    Case(
                        When(Q(payload__written__consent__isnull=False) & ~Q(payload__written__consent=""), then=Value("unclear")),
                        default=Value(""),
                    ),
                    output_field=models.TextField(),
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("consent", ""), _negated=True), fields=["source", "key"], name="record_speaks_of_consent"
            ),
        ),
        migrations.RunSQL(VIEW, "DROP VIEW registry_withheldrow"),
        migrations.CreateModel(
            name="WithheldRow",
            fields=[
                ("key", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("source_id", models.BigIntegerField()),
                ("identity_id", models.UUIDField(null=True)),
            ],
            options={"db_table": "registry_withheldrow", "managed": False},
        ),
    ]
