"""Two people's *different* stands again when a later one of the same rows is taken back: it is written once more, as it was."""

from django.db import migrations

JUDGEMENT = """
CREATE OR REPLACE FUNCTION registry_check_judgement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF registry_row_of(NEW.left_id) <> NEW.left_id OR registry_row_of(NEW.right_id) <> NEW.right_id THEN
        RAISE EXCEPTION 'a judgement names rows by their first records'
            USING ERRCODE = 'check_violation', TABLE = 'registry_judgement', CONSTRAINT = 'judgement_of_rows';
    END IF;
    IF NEW.says = 'open' OR NEW.says = 'different' AND EXISTS (
        SELECT 1 FROM registry_judgement j WHERE j.left_id = NEW.left_id AND j.right_id = NEW.right_id AND j.says = NEW.says
            AND (j.first_id, j.second_id) = (NEW.first_id, NEW.second_id)
            AND j.candidate_id IS NOT DISTINCT FROM NEW.candidate_id AND j.change_id IS NOT DISTINCT FROM NEW.change_id)
    THEN
        RETURN NEW;
    END IF;
    IF NEW.candidate_id IS NOT NULL THEN
        IF (SELECT count(DISTINCT reviewer_id) FROM registry_standingreview WHERE candidate_id = NEW.candidate_id
                AND verdict = NEW.says AND reviewer_id IN (NEW.first_id, NEW.second_id)) < 2
            OR NOT EXISTS (SELECT 1 FROM registry_candidate c WHERE c.id = NEW.candidate_id
                AND least(registry_row_of(c.left_id), registry_row_of(c.right_id)) = NEW.left_id
                AND greatest(registry_row_of(c.left_id), registry_row_of(c.right_id)) = NEW.right_id) THEN
            RAISE EXCEPTION 'a judgement needs two verdicts by two people on the pair of its rows'
                USING ERRCODE = 'check_violation', TABLE = 'registry_judgement', CONSTRAINT = 'judgement_needs_two_people';
        END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM registry_identitychange WHERE id = NEW.change_id AND allowed
                      AND asked_by_id = NEW.first_id AND decided_by_id = NEW.second_id) THEN
        RAISE EXCEPTION 'a judgement needs two people: verdicts on a pair, or a change that one asked for and another allowed'
            USING ERRCODE = 'check_violation', TABLE = 'registry_judgement', CONSTRAINT = 'judgement_needs_two_people';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0044_cheaper_identity_checks"),
    ]

    operations = [migrations.RunSQL(JUDGEMENT, migrations.RunSQL.noop)]
