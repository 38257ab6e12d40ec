"""Notes are ciphertext, each with a key of its own; those of before are sealed here, some hundred at a time."""

import os

from django.db import migrations, models

NOTED = ("review", "escalation", "reopening", "change", "contradiction")
TOGETHER = 500


def seal(apps, editor):
    from registry import data_keys
    from registry.data_keys import Kind

    notes, data_key = apps.get_model("registry", "Note"), apps.get_model("registry", "DataKey")
    while rows := list(notes.objects.filter(sealed__isnull=True).order_by("pk")[:TOGETHER]):
        made = []
        for note in rows:
            ((name, number),) = ((name, n) for name in NOTED if (n := getattr(note, f"{name}_id")) is not None)
            place, key = f"{name} {number}", os.urandom(32)
            wrapped, ring_key = data_keys.wrap(Kind.NOTE, place, key)
            made.append(data_key(kind=Kind.NOTE, place=place, wrapped=wrapped, key_number=ring_key))
            note.sealed = data_keys.sealed_with(key, Kind.NOTE, place, note.text.encode())
        data_key.objects.bulk_create(made)
        notes.objects.bulk_update(rows, ["sealed"])


class Migration(migrations.Migration):
    """Seal, then drop the words."""

    dependencies = [("registry", "0038_data_keys")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        migrations.AddField("note", "sealed", models.BinaryField(null=True)),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.AlterField("note", "sealed", models.BinaryField()),
        migrations.RemoveField("note", "text"),
    ]
