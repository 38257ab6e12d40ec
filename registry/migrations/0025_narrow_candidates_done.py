"""The wide columns and indices of candidates go, and the table is written anew without them."""

import django.db.models.deletion
import django.db.models.functions
from django.db import migrations, models

from registry.narrow_columns import NarrowForeignKey, RealField

QUEUED = models.Q(("escalated", False), ("probability__gte", 0.01), ("status__in", ["open", "second"]))

# The type of a column cannot change below a trigger that names it: both come back as 0003 made them.
WITHOUT_TRIGGERS = """
DROP TRIGGER candidate_keeps_its_pair ON registry_candidate;
DROP TRIGGER identity_candidate_verified ON registry_candidate;
"""

TRIGGERS = """
CREATE TRIGGER candidate_keeps_its_pair BEFORE UPDATE ON registry_candidate FOR EACH ROW
    WHEN ((OLD.id, OLD.left_id, OLD.right_id) IS DISTINCT FROM (NEW.id, NEW.left_id, NEW.right_id))
    EXECUTE FUNCTION registry_refuse_change();
CREATE CONSTRAINT TRIGGER identity_candidate_verified AFTER UPDATE ON registry_candidate
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.left_id, OLD.right_id, OLD.status = 'verified')
          IS DISTINCT FROM (NEW.left_id, NEW.right_id, NEW.status = 'verified'))
    EXECUTE FUNCTION registry_check_identity_of_candidate();
"""


class Migration(migrations.Migration):
    """In a transaction of its own: 0024 has just changed the rows."""

    dependencies = [("registry", "0024_narrow_candidates")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        *(
            migrations.RemoveIndex("candidate", name)
            for name in ("candidate_queue", "candidate_by_status", "candidate_by_urgency", "candidate_by_wish")
        ),
        migrations.RemoveIndex("candidate", "candidate_of_meeting"),
        migrations.RemoveConstraint("candidate", "candidate_pair_once"),
        *(
            migrations.RemoveField("candidate", name)
            for name in ("levels", "bits", "sources", "regions", "born_from", "born_to", "urgent_for", "urgency", "weight")
        ),
        migrations.RenameField("candidate", "small_weight", "weight"),
        migrations.RenameField("candidate", "small_urgency", "urgency"),
        migrations.AlterField("candidate", "weight", RealField()),
        migrations.RunSQL(WITHOUT_TRIGGERS, TRIGGERS),
        migrations.RemoveConstraint("candidate", "candidate_pair_once_either_way"),
        *(
            migrations.AlterField(
                "candidate",
                name,
                NarrowForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.record"),
            )
            for name in ("left", "right")
        ),
        migrations.AlterField(
            "candidate",
            "run",
            NarrowForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="candidates",
                to="registry.run",
            ),
        ),
        migrations.RunSQL(TRIGGERS, WITHOUT_TRIGGERS),
        migrations.AddConstraint(  # an index over the expressions would keep the type that they had
            "candidate",
            models.UniqueConstraint(
                django.db.models.functions.Least("left", "right"),
                django.db.models.functions.Greatest("left", "right"),
                name="candidate_pair_once_either_way",
            ),
        ),
        migrations.AlterField(
            "candidate",
            "meeting",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="candidates",
                to="registry.rostermeeting",
            ),
        ),
        migrations.AddIndex(
            "candidate",
            models.Index(fields=["status"], name="candidate_not_open", condition=~models.Q(("status", "open"))),
        ),
        migrations.AddIndex(
            "candidate",
            models.Index(
                models.OrderBy(
                    models.expressions.CombinedExpression(models.F("probability"), "*", models.F("urgency")),
                    descending=True,
                ),
                models.OrderBy(models.F("status"), descending=True),
                models.F("id"),
                condition=QUEUED,
                include=["probability", "urgency", "facts"],
                name="candidate_queued",
            ),
        ),
        migrations.AddIndex(
            "candidate",
            models.Index(
                fields=["meeting"],
                name="candidate_of_meeting",
                include=["probability", "urgency"],
                condition=models.Q(
                    ("escalated", False), ("meeting__isnull", False), ("status__in", ["open", "second"])
                ),
            ),
        ),
        migrations.AddIndex(
            "candidate",
            models.Index(fields=["meeting"], name="candidate_meets", condition=models.Q(("meeting__isnull", False))),
        ),
        migrations.RunSQL("CLUSTER registry_candidate USING registry_candidate_pkey", migrations.RunSQL.noop),
        migrations.RunSQL("ALTER TABLE registry_candidate SET WITHOUT CLUSTER", migrations.RunSQL.noop),
    ]
