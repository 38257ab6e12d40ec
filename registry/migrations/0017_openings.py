"""What each person opens is counted, and the queue closes for whoever opens more than one person may."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what is counted, and when a queue was closed and opened."""

    dependencies = [
        ('registry', '0016_consent'),
    ]

    operations = [
        migrations.CreateModel(
            name='QueueLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('warned_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField(null=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='queue_limit', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pair', 'Pair'), ('skip', 'Skip'), ('document', 'Document'), ('around', 'Around')], max_length=10)),
                ('number', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'at'], name='opening_of_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['pair', 'skip', 'document', 'around'])), name='opening_known_kind')],
            },
        ),
    ]
