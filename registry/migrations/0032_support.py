"""The pair behind a pair is kept, and verified pairs are opened again when a pair that spoke for them is refused."""

import django.db.models.deletion
import registry.narrow_columns
from django.db import migrations, models

OPENED_AGAIN = """
CREATE OR REPLACE FUNCTION registry_check_reopening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM registry_candidate WHERE id = NEW.candidate_id AND status IN ('verified', 'rejected', 'unresolved') FOR NO KEY UPDATE;
    IF NOT FOUND OR NEW.after_review <> (SELECT max(id) FROM registry_review WHERE candidate_id = NEW.candidate_id)
        OR EXISTS (SELECT 1 FROM registry_pendingunion WHERE candidate_id = NEW.candidate_id) THEN
        RAISE EXCEPTION 'candidate % is not decided, so nothing of it is opened again', NEW.candidate_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_reopening', CONSTRAINT = 'reopening_of_decided';
    END IF;
    IF NEW.reason = 'support_refused' THEN
        IF NOT EXISTS (
            SELECT 1 FROM registry_support s
            JOIN registry_candidate refused ON least(refused.left_id, refused.right_id) = least(s.by_left_id, s.by_right_id)
                AND greatest(refused.left_id, refused.right_id) = greatest(s.by_left_id, s.by_right_id)
            JOIN registry_review r ON r.candidate_id = refused.id AND r.reviewer_id = NEW.by_id
            WHERE s.candidate_id = NEW.candidate_id AND refused.status = 'rejected') THEN
            RAISE EXCEPTION 'no pair that spoke for candidate % was refused by this person', NEW.candidate_id
                USING ERRCODE = 'check_violation', TABLE = 'registry_reopening', CONSTRAINT = 'reopening_of_leaning';
        END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM registry_user u WHERE u.id = NEW.by_id AND u.is_active AND (u.role = 'lead'
        OR EXISTS (SELECT 1 FROM registry_review r WHERE r.candidate_id = NEW.candidate_id AND r.reviewer_id = u.id))) THEN
        RAISE EXCEPTION 'candidate % is opened again by a lead or who judged it', NEW.candidate_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_reopening', CONSTRAINT = 'reopening_by_who_may';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0031_consumers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Support',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(max_length=20)),
                ('bits', registry.narrow_columns.RealField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='reopening',
            name='reopening_known_reason',
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['slip', 'new_evidence', 'second_thoughts', 'other', 'support_refused'])), name='reopening_known_reason'),
        ),
        migrations.AddField(
            model_name='support',
            name='by_left',
            field=registry.narrow_columns.NarrowForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='registry.record'),
        ),
        migrations.AddField(
            model_name='support',
            name='by_right',
            field=registry.narrow_columns.NarrowForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='registry.record'),
        ),
        migrations.AddField(
            model_name='support',
            name='candidate',
            field=registry.narrow_columns.NarrowForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='support', to='registry.candidate'),
        ),
        migrations.AddIndex(
            model_name='support',
            index=models.Index(fields=['by_left', 'by_right'], name='support_by_pair'),
        ),
        migrations.AddConstraint(
            model_name='support',
            constraint=models.UniqueConstraint(fields=('candidate', 'term'), name='support_once'),
        ),
        migrations.RunSQL(OPENED_AGAIN),
    ]
