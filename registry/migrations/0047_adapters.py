"""Adapters: where one may write, the files made for a consumer, and how far each identity was written into a case system."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0046_shared_values'),
    ]

    operations = [
        migrations.AddField(
            model_name='consumerterms',
            name='writes_to',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
        migrations.CreateModel(
            name='FeedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(max_length=20)),
                ('sequence', models.BigIntegerField()),
                ('identities', models.PositiveIntegerField()),
                ('tombstones', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='registry.consumer')),
                ('epoch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.feedepoch')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='file_confirmed_whole')],
            },
        ),
        migrations.CreateModel(
            name='WrittenCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(max_length=20)),
                ('case', models.CharField(max_length=64)),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('written', models.JSONField(default=dict)),
                ('flagged', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('traces', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('at', models.DateTimeField()),
                ('consumer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.consumer')),
                ('identity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.identity')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('consumer', 'way', 'identity'), name='written_once'), models.CheckConstraint(condition=models.Q(models.Q(('case', ''), _negated=True), models.Q(('way', ''), _negated=True)), name='written_names_case')],
            },
        ),
    ]
