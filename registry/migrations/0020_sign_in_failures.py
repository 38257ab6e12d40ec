"""Failed sign-ins are counted by name and address together, so that no stranger locks a known name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what is counted."""

    dependencies = [
        ('registry', '0019_no_large_explanations'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignInFailures',
            fields=[
                ('bucket', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('since', models.DateTimeField(db_index=True)),
                ('closed_until', models.DateTimeField(null=True)),
            ],
        ),
    ]
