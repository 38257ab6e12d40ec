"""Erasures and what stays of them: tombstones, redactions, holds."""
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0047_adapters'),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('record', 'Record'), ('identity', 'Identity'), ('source', 'Source')], max_length=8)),
                ('ground', models.CharField(max_length=20)),
                ('plan', models.JSONField(default=dict)),
                ('asked_at', models.DateTimeField()),
                ('allowed', models.BooleanField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('done', models.JSONField(default=dict)),
                ('finished_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('identity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.identity')),
                ('row', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.record')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.source')),
            ],
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('record', 'Record'), ('identity', 'Identity'), ('source', 'Source')], max_length=8)),
                ('basis', models.CharField(max_length=300)),
                ('placed_at', models.DateTimeField()),
                ('lift_asked_at', models.DateTimeField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('identity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.identity')),
                ('lift_asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('row', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.record')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.source')),
            ],
        ),
        migrations.CreateModel(
            name='Redaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('copy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.evidence')),
                ('erasure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redactions', to='registry.erasure')),
                ('original', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='redaction', to='registry.evidence')),
            ],
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('fingerprints', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), size=None)),
                ('at', models.DateTimeField()),
                ('erasure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tombstones', to='registry.erasure')),
                ('row', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='tombstone', to='registry.record')),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.source')),
            ],
        ),
        migrations.AlterField(
            model_name='custodyentry',
            name='act',
            field=models.CharField(choices=[('acquire', 'Acquire'), ('parse', 'Parse'), ('open', 'Open'), ('export', 'Export'), ('redact', 'Redact'), ('erase', 'Erase')], max_length=8),
        ),
        migrations.RemoveConstraint(model_name='custodyentry', name='custody_known_act'),
        migrations.AddConstraint(
            model_name='custodyentry',
            constraint=models.CheckConstraint(condition=models.Q(('act__in', ['acquire', 'parse', 'open', 'export', 'redact', 'erase'])), name='custody_known_act'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('identity__isnull', True), ('row__isnull', False), ('scope', 'record'), ('source__isnull', True)), models.Q(('identity__isnull', False), ('row__isnull', True), ('scope', 'identity'), ('source__isnull', True)), models.Q(('identity__isnull', True), ('row__isnull', True), ('scope', 'source'), ('source__isnull', False)), _connector='OR'), name='erasure_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(('ground__in', ('asked_by_person', 'asked_by_family', 'consent_withdrawn', 'unlawful', 'court_order', 'not_needed', 'term_ended'))), name='erasure_known_ground'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked_by__isnull', True), ('ground', 'term_ended'), models.Q(('decided_by__isnull', False), models.Q(('allowed', True), _negated=True), ('allowed__isnull', True), ('scope', 'source'), _connector='OR')), models.Q(('asked_by__isnull', False), models.Q(('allowed__isnull', True), ('decided_by__isnull', False), _connector='OR'), models.Q(('asked_by', models.F('decided_by')), _negated=True)), _connector='OR'), name='erasure_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('allowed__isnull', True), ('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('allowed__isnull', False), ('decided_at__isnull', False)), _connector='OR'), name='erasure_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), models.Q(('allowed', True), ('allowed__isnull', False)), _connector='OR'), name='erasure_finished_when_allowed'),
        ),
        migrations.AddConstraint(
            model_name='redaction',
            constraint=models.CheckConstraint(condition=models.Q(('original', models.F('copy')), _negated=True), name='redaction_of_other_bytes'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('identity__isnull', True), ('row__isnull', False), ('scope', 'record'), ('source__isnull', True)), models.Q(('identity__isnull', False), ('row__isnull', True), ('scope', 'identity'), ('source__isnull', True)), models.Q(('identity__isnull', True), ('row__isnull', True), ('scope', 'source'), ('source__isnull', False)), _connector='OR'), name='hold_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('basis', ''), _negated=True), name='hold_has_basis'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True)), models.Q(('lift_asked_by__isnull', False), ('lifted_at__isnull', False), ('lifted_by__isnull', False), models.Q(('lift_asked_by', models.F('lifted_by')), _negated=True)), _connector='OR'), name='hold_lifted_by_two'),
        ),
        migrations.AddIndex(
            model_name='tombstone',
            index=models.Index(fields=['source', 'digest'], name='tombstone_by_digest'),
        ),
    ]
