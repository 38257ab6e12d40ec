"""Where in the evidence a value stands is a scope of its own now; tokens that were given it without asking keep it."""

from django.db import migrations

GRANT = """
UPDATE registry_apitoken SET scopes = scopes || '["evidence:read"]'::jsonb
WHERE scopes ? 'identities:read' AND NOT scopes ? 'evidence:read' AND revoked_at IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0029_judgement_rules"),
    ]

    operations = [
        migrations.RunSQL(GRANT, migrations.RunSQL.noop),
    ]
