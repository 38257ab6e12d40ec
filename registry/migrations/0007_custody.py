"""Custody: snapshots and what changed between them, corrections of quarantined rows, a log of what is done with evidence.

Rules kept by the database, whoever writes to it:

1. Custody entries, observations of change and corrections are append-only. Each custody entry is bound into the audit chain by
   its hash, which is set here together with its time.
2. A batch's counts are true: at commit they are held against the records, sightings and quarantined rows of the batch. When
   rows leave quarantine their batch counts them elsewhere at once.
3. A quarantined row stays as it was delivered, is never deleted, and leaves quarantine once. Only its content may be erased.
4. The facts of a batch are fixed once it is stored.
5. Nobody judges a record whose values they entered, and who entered them never changes.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_{table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();\n"
    for table in ("custodyentry", "recordchange", "correction")
)
APPEND_ONLY_BACK = "".join(
    f"DROP TRIGGER append_only ON registry_{table};\n" for table in ("correction", "recordchange", "custodyentry")
)

CUSTODY = """
CREATE FUNCTION registry_custody_hash(entry registry_custodyentry) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(
        jsonb_build_array(
            entry.id, (SELECT sha256 FROM registry_evidence WHERE id = entry.evidence_id), entry.act,
            to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            entry.actor, entry.user_id, entry.source_id, entry.batch_id, entry.record_id
        )::text || entry.facts::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION registry_custody_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.at := clock_timestamp();
    NEW.hash := registry_custody_hash(NEW);
    RETURN NEW;
END $$;

CREATE FUNCTION registry_custody_bind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry_auditentry (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)
    VALUES (0, now(), coalesce(NEW.user_id::text, 'system'), 'custody.' || NEW.act, 'evidence',
            (SELECT sha256 FROM registry_evidence WHERE id = NEW.evidence_id),
            jsonb_build_object('entry', NEW.id, 'hash', NEW.hash), '', '');
    RETURN NULL;
END $$;

CREATE TRIGGER custody_stamp BEFORE INSERT ON registry_custodyentry FOR EACH ROW EXECUTE FUNCTION registry_custody_stamp();
CREATE TRIGGER custody_bind AFTER INSERT ON registry_custodyentry FOR EACH ROW EXECUTE FUNCTION registry_custody_bind();
"""

CUSTODY_BACK = """
DROP TRIGGER custody_bind ON registry_custodyentry;
DROP TRIGGER custody_stamp ON registry_custodyentry;
DROP FUNCTION registry_custody_bind();
DROP FUNCTION registry_custody_stamp();
DROP FUNCTION registry_custody_hash(registry_custodyentry);
"""

COUNTS = """
CREATE FUNCTION registry_check_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b registry_batch;
    records bigint;
    seen bigint;
    waiting bigint;
BEGIN
    SELECT * INTO b FROM registry_batch WHERE id = NEW.id;
    IF b.id IS NULL OR b.finished_at IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO waiting FROM registry_quarantinedrow WHERE batch_id = b.id AND resolved_at IS NULL;
    SELECT count(*) INTO records FROM registry_record WHERE batch_id = b.id;
    SELECT count(*) INTO seen FROM registry_sighting WHERE batch_id = b.id;
    IF b.quarantined <> waiting OR b.records_new + b.records_changed < records OR b.records_unchanged < seen
        OR (TG_OP = 'INSERT' OR OLD.finished_at IS NULL)
           AND (b.records_new + b.records_changed, b.records_unchanged) IS DISTINCT FROM (records, seen) THEN
        RAISE EXCEPTION 'the counts of batch % are not those of its rows', b.id
            USING ERRCODE = 'check_violation', TABLE = 'registry_batch', CONSTRAINT = 'batch_counts_are_true';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER batch_counts_are_true AFTER INSERT OR UPDATE ON registry_batch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.finished_at IS NOT NULL) EXECUTE FUNCTION registry_check_batch();

CREATE FUNCTION registry_move_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_batch b SET
        quarantined = b.quarantined - moved.total,
        records_new = b.records_new + moved.new,
        records_changed = b.records_changed + moved.changed,
        records_unchanged = b.records_unchanged + moved.unchanged,
        non_data = b.non_data + moved.non_data
    FROM (
        SELECT n.batch_id, count(*) AS total,
               count(*) FILTER (WHERE n.outcome = 'new') AS new,
               count(*) FILTER (WHERE n.outcome = 'changed') AS changed,
               count(*) FILTER (WHERE n.outcome = 'unchanged') AS unchanged,
               count(*) FILTER (WHERE n.outcome = 'non_data') AS non_data
        FROM after_update n JOIN before_update o ON o.id = n.id
        WHERE o.resolved_at IS NULL AND n.resolved_at IS NOT NULL
        GROUP BY n.batch_id
    ) moved
    WHERE moved.batch_id = b.id;
    RETURN NULL;
END $$;

CREATE TRIGGER quarantine_moves_counts AFTER UPDATE ON registry_quarantinedrow
    REFERENCING OLD TABLE AS before_update NEW TABLE AS after_update
    FOR EACH STATEMENT EXECUTE FUNCTION registry_move_counts();
"""

COUNTS_BACK = """
DROP TRIGGER quarantine_moves_counts ON registry_quarantinedrow;
DROP FUNCTION registry_move_counts();
DROP TRIGGER batch_counts_are_true ON registry_batch;
DROP FUNCTION registry_check_batch();
"""

FIXED = """
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON registry_quarantinedrow
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse();
CREATE TRIGGER quarantined_row_stays BEFORE UPDATE ON registry_quarantinedrow FOR EACH ROW
    WHEN ((OLD.id, OLD.batch_id, OLD.locator, OLD.reason_code, OLD.reason, OLD.key)
          IS DISTINCT FROM (NEW.id, NEW.batch_id, NEW.locator, NEW.reason_code, NEW.reason, NEW.key)
          OR (OLD.payload IS DISTINCT FROM NEW.payload AND NEW.payload <> '{}'::jsonb)
          OR (OLD.resolved_at IS NOT NULL
              AND (OLD.resolved_at, OLD.outcome) IS DISTINCT FROM (NEW.resolved_at, NEW.outcome)))
    EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER batch_keeps_its_facts BEFORE UPDATE ON registry_batch FOR EACH ROW
    WHEN ((OLD.id, OLD.source_id, OLD.evidence_id) IS DISTINCT FROM (NEW.id, NEW.source_id, NEW.evidence_id)
          OR (OLD.finished_at IS NOT NULL
              AND (OLD.collected_by, OLD.collected_at, OLD.collected_how, OLD.collected_from, OLD.legal_basis,
                   OLD.handling_code, OLD.config_sha256, OLD.as_of, OLD.complete, OLD.late, OLD.started_at)
                  IS DISTINCT FROM
                  (NEW.collected_by, NEW.collected_at, NEW.collected_how, NEW.collected_from, NEW.legal_basis,
                   NEW.handling_code, NEW.config_sha256, NEW.as_of, NEW.complete, NEW.late, NEW.started_at)))
    EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER record_keeps_who_entered BEFORE UPDATE OF entered_by_id ON registry_record FOR EACH ROW
    WHEN (OLD.entered_by_id IS DISTINCT FROM NEW.entered_by_id) EXECUTE FUNCTION registry_refuse_change();

CREATE FUNCTION registry_check_own_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM registry_candidate c JOIN registry_record r ON r.id IN (c.left_id, c.right_id)
        WHERE c.id = NEW.candidate_id AND r.entered_by_id = NEW.reviewer_id
    ) THEN
        RAISE EXCEPTION 'candidate % has a record that this person entered', NEW.candidate_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_review', CONSTRAINT = 'review_not_of_own_record';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_not_of_own_record BEFORE INSERT ON registry_review
    FOR EACH ROW EXECUTE FUNCTION registry_check_own_record();
"""

FIXED_BACK = """
DROP TRIGGER review_not_of_own_record ON registry_review;
DROP FUNCTION registry_check_own_record();
DROP TRIGGER record_keeps_who_entered ON registry_record;
DROP TRIGGER batch_keeps_its_facts ON registry_batch;
DROP TRIGGER quarantined_row_stays ON registry_quarantinedrow;
DROP TRIGGER never_deleted ON registry_quarantinedrow;
"""

# Lists stored before: the terms of their source, and the day for which all of their rows speak, where that is one day.
KNOWN_FACTS = """
UPDATE registry_batch b SET legal_basis = s.legal_basis, handling_code = s.handling_code, config_sha256 = s.config_sha256
FROM registry_source s WHERE s.id = b.source_id;
UPDATE registry_batch b SET as_of = d.day FROM (
    SELECT batch_id, max(observed_on) AS day FROM registry_record WHERE observed_on IS NOT NULL
    GROUP BY batch_id HAVING count(DISTINCT observed_on) = 1
) d WHERE d.batch_id = b.id;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_gold_note")]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("by_hand", "By Hand"), ("by_description", "By Description"), ("no_data", "No Data")],
                        max_length=14,
                    ),
                ),
                ("actor", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=500)),
                ("fields", models.JSONField(default=list)),
                ("config_sha256", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="CustodyEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[("acquire", "Acquire"), ("parse", "Parse"), ("open", "Open"), ("export", "Export")],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=200)),
                ("facts", models.JSONField()),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="RecordChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[("changed", "Changed"), ("vanished", "Vanished"), ("reappeared", "Reappeared")],
                        max_length=10,
                    ),
                ),
                ("fields", models.JSONField(default=list)),
                ("observed_on", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Sighting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("locator", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="Testimony",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("testimony", "testimony"),
                            ("medical_report", "medical report"),
                            ("family_statement", "statement of a family"),
                            ("document", "other document"),
                        ],
                        max_length=16,
                    ),
                ),
                ("handling_code", models.CharField(max_length=40)),
                ("locator", models.JSONField(default=dict)),
                ("actor", models.CharField(max_length=200)),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="batch",
            name="as_of",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="complete",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="batch",
            name="config_sha256",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="batch",
            name="handling_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="batch",
            name="late",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="batch",
            name="legal_basis",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="batch",
            name="vanished",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="quarantinedrow",
            name="key",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="quarantinedrow",
            name="outcome",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="record",
            name="entered_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="record",
            name="vanished",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="vanished_records",
                to="registry.batch",
            ),
        ),
        migrations.AddField(
            model_name="source",
            name="delivery",
            field=models.CharField(db_default="delta", default="delta", max_length=10),
        ),
        migrations.AddConstraint(
            model_name="quarantinedrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["", "new", "changed", "unchanged", "non_data"])),
                name="quarantine_known_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="quarantinedrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("resolved_at__isnull", True), models.Q(("outcome", ""), _negated=True), _connector="XOR"
                ),
                name="quarantine_resolved_somehow",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="record",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="corrections",
                to="registry.record",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="row",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="correction", to="registry.quarantinedrow"
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="custodyentry",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.batch",
            ),
        ),
        migrations.AddField(
            model_name="custodyentry",
            name="evidence",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="custody", to="registry.evidence"
            ),
        ),
        migrations.AddField(
            model_name="custodyentry",
            name="record",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.record",
            ),
        ),
        migrations.AddField(
            model_name="custodyentry",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.source",
            ),
        ),
        migrations.AddField(
            model_name="custodyentry",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="recordchange",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="registry.batch"
            ),
        ),
        migrations.AddField(
            model_name="recordchange",
            name="from_record",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.record",
            ),
        ),
        migrations.AddField(
            model_name="recordchange",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="registry.source",
            ),
        ),
        migrations.AddField(
            model_name="recordchange",
            name="to_record",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.record",
            ),
        ),
        migrations.AddField(
            model_name="sighting",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sightings",
                to="registry.batch",
            ),
        ),
        migrations.AddField(
            model_name="sighting",
            name="record",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="sightings", to="registry.record"
            ),
        ),
        migrations.AddField(
            model_name="testimony",
            name="added_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="testimony",
            name="evidence",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="testimonies", to="registry.evidence"
            ),
        ),
        migrations.AddField(
            model_name="testimony",
            name="identity",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="testimonies",
                to="registry.identity",
            ),
        ),
        migrations.AddField(
            model_name="testimony",
            name="record",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="testimonies", to="registry.record"
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["by_hand", "by_description", "no_data"])), name="correction_known_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("reason", ""), _negated=True), models.Q(("actor", ""), _negated=True)),
                name="correction_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "no_data"), ("record__isnull", False), _connector="XOR"),
                name="correction_makes_a_record",
            ),
        ),
        migrations.AddConstraint(
            model_name="custodyentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("act__in", ["acquire", "parse", "open", "export"])), name="custody_known_act"
            ),
        ),
        migrations.AddConstraint(
            model_name="custodyentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("actor", ""), _negated=True), name="custody_names_actor"
            ),
        ),
        migrations.AddIndex(
            model_name="recordchange",
            index=models.Index(fields=["source", "key"], name="change_by_key"),
        ),
        migrations.AddConstraint(
            model_name="recordchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["changed", "vanished", "reappeared"])), name="change_known_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="recordchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "vanished"), ("to_record__isnull", False), _connector="XOR"),
                name="change_vanished_leads_nowhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="sighting",
            constraint=models.UniqueConstraint(fields=("batch", "record"), name="sighting_once"),
        ),
        migrations.AddConstraint(
            model_name="testimony",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["testimony", "medical_report", "family_statement", "document"])),
                name="testimony_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="testimony",
            constraint=models.CheckConstraint(
                condition=models.Q(("handling_code", ""), _negated=True), name="testimony_has_handling_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="testimony",
            constraint=models.CheckConstraint(
                condition=models.Q(("record__isnull", True), ("identity__isnull", True), _connector="XOR"),
                name="testimony_about_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="testimony",
            constraint=models.UniqueConstraint(
                fields=("evidence", "record", "locator"), name="testimony_once_per_record"
            ),
        ),
        migrations.AddConstraint(
            model_name="testimony",
            constraint=models.UniqueConstraint(
                fields=("evidence", "identity", "locator"), name="testimony_once_per_identity"
            ),
        ),
        migrations.RunSQL(KNOWN_FACTS, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(CUSTODY, CUSTODY_BACK),
        migrations.RunSQL(COUNTS, COUNTS_BACK),
        migrations.RunSQL(FIXED, FIXED_BACK),
    ]
