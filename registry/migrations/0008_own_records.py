"""Nobody judges a pair with a record whose values they have put in themselves."""

from django.db import migrations

OWN_RECORDS = """
CREATE FUNCTION registry_check_reviewer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM registry_candidate c JOIN registry_record r ON r.id IN (c.left_id, c.right_id)
        WHERE c.id = NEW.candidate_id AND r.entered_by_id = NEW.reviewer_id
    ) THEN
        RAISE EXCEPTION 'this person has entered a record of candidate %', NEW.candidate_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_review', CONSTRAINT = 'review_of_others_records';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER of_others_records BEFORE INSERT ON registry_review
    FOR EACH ROW EXECUTE FUNCTION registry_check_reviewer();
"""

OWN_RECORDS_BACK = """
DROP TRIGGER of_others_records ON registry_review;
DROP FUNCTION registry_check_reviewer();
"""


class Migration(migrations.Migration):
    """Refuse verdicts on what one has entered."""

    dependencies = [("registry", "0007_custody")]  # noqa: RUF012 - as Django reads it

    operations = [migrations.RunSQL(OWN_RECORDS, OWN_RECORDS_BACK)]  # noqa: RUF012
