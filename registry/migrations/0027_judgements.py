"""The log of judgements: tables for what people hold of two rows, for changes of identities, contradictions and reopened pairs.

Each row of them is bound into the audit chain. The old rules of links and members end here; 0028 writes the log of existing homes, 0029 brings the new rules.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


OLD_RULES = """
DROP TRIGGER identity_candidate_verified ON registry_candidate;
DROP TRIGGER identity_verified ON registry_identity;
DROP TRIGGER identity_link_verified ON registry_identitylink;
DROP TRIGGER identity_member_verified ON registry_identitymember;
DROP TRIGGER never_taken_out ON registry_identitylink;
DROP TRIGGER never_taken_out ON registry_identitymember;
DROP TRIGGER link_keeps_its_candidate ON registry_identitylink;
DROP TRIGGER member_keeps_its_record ON registry_identitymember;
DROP TRIGGER identity_keeps_its_id ON registry_identity;
DROP FUNCTION registry_check_identity_of_candidate();
DROP FUNCTION registry_check_identity_part();
DROP FUNCTION registry_check_identity();
DROP FUNCTION registry_check_identity_whole(uuid);
DROP FUNCTION registry_check_identity_id(uuid);
"""


TIME = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

BOUND = {
    "judgement": (
        f"r.id, r.left_id, r.right_id, r.says, r.first_id, r.second_id, r.candidate_id, r.change_id, {TIME.format('r.at')}",
        "first_id", "INSERT",
    ),
    "reopening": (f"r.id, r.candidate_id, r.after_review, r.by_id, r.reason, {TIME.format('r.at')}", "by_id", "INSERT"),
    "identitychange": (
        "r.id, r.kind, r.identity_id, r.other_id, r.parts, r.reason, r.asked_by_id, r.allowed, r.decided_by_id",
        "coalesce_asked", "INSERT OR UPDATE",
    ),
    "contradiction": (
        "r.id, r.candidate_id, r.inside, r.rows, r.against, r.settlement, r.reason, r.settled_by_id",
        "", "INSERT OR UPDATE",
    ),
}
ACTORS = {
    "first_id": "'user:' || NEW.first_id",
    "by_id": "'user:' || NEW.by_id",
    "coalesce_asked": "'user:' || coalesce(NEW.decided_by_id, NEW.asked_by_id)",
    "": "'db:' || session_user",
}


def _bind(table: str) -> str:
    columns, actor, events = BOUND[table]
    return f"""
CREATE FUNCTION registry_{table}_hash(r registry_{table}) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array({columns})::text, 'UTF8')), 'hex')
$$;
CREATE FUNCTION registry_bind_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry_auditentry (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)
    VALUES (0, now(), {ACTORS[actor]}, 'bound.{table}', '{table}', NEW.id::text,
            jsonb_build_object('hash', registry_{table}_hash(NEW)), '', '');
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bound_into_chain AFTER {events} ON registry_{table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_bind_{table}();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0026_bucket_pages'),
    ]

    operations = [
        migrations.RunSQL(OLD_RULES),
        migrations.CreateModel(
            name='Contradiction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inside', models.BooleanField()),
                ('rows', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('against', models.JSONField()),
                ('found_at', models.DateTimeField()),
                ('settlement', models.CharField(blank=True, choices=[('one_child', 'One Child'), ('apart', 'Apart'), ('withdrawn', 'Withdrawn')], default='', max_length=10)),
                ('reason', models.CharField(blank=True, default='', max_length=20)),
                ('settled_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='IdentityChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('split', 'Split'), ('merge', 'Merge'), ('retract', 'Retract')], max_length=8)),
                ('parts', models.JSONField(default=list)),
                ('reason', models.CharField(max_length=20)),
                ('asked_at', models.DateTimeField()),
                ('allowed', models.BooleanField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('says', models.CharField(choices=[('same', 'Same'), ('different', 'Different'), ('open', 'Open')], max_length=10)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PendingUnion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Reopening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('after_review', models.BigIntegerField()),
                ('reason', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='candidate',
            name='candidate_known_status',
        ),
        migrations.RemoveConstraint(
            model_name='identity',
            name='identity_known_status',
        ),
        migrations.RemoveConstraint(
            model_name='identityevent',
            name='event_known_kind',
        ),
        migrations.RemoveConstraint(
            model_name='note',
            name='note_of_one_thing',
        ),
        migrations.AddField(
            model_name='identity',
            name='withheld',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='identitymember',
            name='row',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='membership', to='registry.record'),
        ),
        migrations.AddField(
            model_name='identitymember',
            name='shown',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.record'),
        ),
        migrations.AddField(
            model_name='source',
            name='one_row_per_child',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name='candidate',
            name='status',
            field=models.CharField(choices=[('open', 'Open'), ('second', 'Second'), ('disputed', 'Disputed'), ('verified', 'Verified'), ('rejected', 'Rejected'), ('unresolved', 'Unresolved'), ('contested', 'Contested'), ('implied', 'Implied'), ('superseded', 'Superseded')], default='open', max_length=10),
        ),
        migrations.AlterField(
            model_name='identity',
            name='status',
            field=models.CharField(choices=[('verified', 'Verified'), ('merged', 'Merged'), ('retracted', 'Retracted')], default='verified', max_length=10),
        ),
        migrations.AlterField(
            model_name='identityevent',
            name='kind',
            field=models.CharField(choices=[('proposed', 'Proposed'), ('verified', 'Verified'), ('updated', 'Updated'), ('merged', 'Merged'), ('split', 'Split'), ('retracted', 'Retracted'), ('withheld', 'Withheld'), ('restored', 'Restored'), ('erased', 'Erased')], max_length=10),
        ),
        migrations.AlterField(
            model_name='identitymember',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.record'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'second', 'disputed', 'verified', 'rejected', 'unresolved', 'contested', 'implied', 'superseded'])), name='candidate_known_status'),
        ),
        migrations.AddConstraint(
            model_name='identity',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['verified', 'merged', 'retracted'])), name='identity_known_status'),
        ),
        migrations.AddConstraint(
            model_name='identityevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['proposed', 'verified', 'updated', 'merged', 'split', 'retracted', 'withheld', 'restored', 'erased'])), name='event_known_kind'),
        ),
        migrations.AddField(
            model_name='contradiction',
            name='candidate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contradictions', to='registry.candidate'),
        ),
        migrations.AddField(
            model_name='contradiction',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='note',
            name='contradiction',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='note', to='registry.contradiction'),
        ),
        migrations.AddField(
            model_name='identitychange',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='identitychange',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='identitychange',
            name='identity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='registry.identity'),
        ),
        migrations.AddField(
            model_name='identitychange',
            name='other',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.identity'),
        ),
        migrations.AddField(
            model_name='note',
            name='change',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='note', to='registry.identitychange'),
        ),
        migrations.AddField(
            model_name='judgement',
            name='candidate',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to='registry.candidate'),
        ),
        migrations.AddField(
            model_name='judgement',
            name='change',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to='registry.identitychange'),
        ),
        migrations.AddField(
            model_name='judgement',
            name='first',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='judgement',
            name='left',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.record'),
        ),
        migrations.AddField(
            model_name='judgement',
            name='right',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.record'),
        ),
        migrations.AddField(
            model_name='judgement',
            name='second',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pendingunion',
            name='candidate',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='pending', to='registry.candidate'),
        ),
        migrations.AddField(
            model_name='reopening',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reopening',
            name='candidate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reopenings', to='registry.candidate'),
        ),
        migrations.AddField(
            model_name='note',
            name='reopening',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='note', to='registry.reopening'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('change__isnull', True), ('contradiction__isnull', True), ('escalation__isnull', True), ('reopening__isnull', True), ('review__isnull', False)), models.Q(('change__isnull', True), ('contradiction__isnull', True), ('escalation__isnull', False), ('reopening__isnull', True), ('review__isnull', True)), models.Q(('change__isnull', True), ('contradiction__isnull', True), ('escalation__isnull', True), ('reopening__isnull', False), ('review__isnull', True)), models.Q(('change__isnull', False), ('contradiction__isnull', True), ('escalation__isnull', True), ('reopening__isnull', True), ('review__isnull', True)), models.Q(('change__isnull', True), ('contradiction__isnull', False), ('escalation__isnull', True), ('reopening__isnull', True), ('review__isnull', True)), _connector='OR'), name='note_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='contradiction',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('candidate',), name='contradiction_one_waits'),
        ),
        migrations.AddConstraint(
            model_name='contradiction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('settled_by__isnull', True), ('settlement', '')), models.Q(models.Q(('settlement', ''), _negated=True), ('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='contradiction_settled_whole'),
        ),
        migrations.AddConstraint(
            model_name='identitychange',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['split', 'merge', 'retract'])), name='change_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='identitychange',
            constraint=models.CheckConstraint(condition=models.Q(('asked_by', models.F('decided_by')), _negated=True), name='change_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='identitychange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('allowed__isnull', True), ('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('allowed__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='change_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='identitychange',
            constraint=models.UniqueConstraint(condition=models.Q(('allowed__isnull', True)), fields=('identity',), name='change_one_waits'),
        ),
        migrations.AddIndex(
            model_name='judgement',
            index=models.Index(fields=['left', 'right', '-id'], name='judgement_of_rows'),
        ),
        migrations.AddConstraint(
            model_name='judgement',
            constraint=models.CheckConstraint(condition=models.Q(('says__in', ['same', 'different', 'open'])), name='judgement_known_word'),
        ),
        migrations.AddConstraint(
            model_name='judgement',
            constraint=models.CheckConstraint(condition=models.Q(('left__lt', models.F('right'))), name='judgement_of_two_rows'),
        ),
        migrations.AddConstraint(
            model_name='judgement',
            constraint=models.CheckConstraint(condition=models.Q(('says', 'open'), models.Q(('second__isnull', False), models.Q(('first', models.F('second')), _negated=True)), _connector='OR'), name='judgement_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ('slip', 'new_evidence', 'second_thoughts', 'other'))), name='reopening_known_reason'),
        ),
        *(migrations.RunSQL(_bind(table)) for table in BOUND),
    ]
