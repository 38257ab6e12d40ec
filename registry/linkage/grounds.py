"""The rule of urgency: what makes a pair urgent, and how much.

Priority is probability times urgency. Urgency is 1, and more for each ground that holds:

    ages_out       the child is of age within a year     + 1
    ages_out_soon  the child is of age within two years  + 0.5
    card_open      one record is an adoption card that the newest list still shows   + 0.5
    sibling_found  a brother or sister of one of the two is in a verified identity   + 0.5
    new_evidence   one record is new evidence about a verified child, the other a member of that identity: + the
                   probability that all members together give it (`registry.whole_score`), up to 1
"""

from __future__ import annotations

from psycopg.sql import SQL

FOUND_FAMILIES = SQL("""
SELECT DISTINCT other.record_id
FROM registry_identitymember m
JOIN registry_recordgroup own ON own.record_id = m.record_id AND own.kind IN ('mother', 'self', 'named')
JOIN registry_recordgroup other ON other.digest = own.digest AND other.record_id <> own.record_id
    AND NOT (own.kind = 'self' AND other.kind = 'self')
WHERE NOT EXISTS (
    SELECT 1 FROM registry_recordgroup a JOIN registry_recordgroup b ON b.digest = a.digest
    WHERE a.record_id = own.record_id AND b.record_id = other.record_id AND a.kind = 'self' AND b.kind = 'self')
""")
"""Records whose brother or sister is in a verified identity; two rows of one child are no brothers."""

GROUNDS = SQL("""
    coalesce(least(lf.adult_month, rf.adult_month) BETWEEN %(today)s AND %(in_a_year)s, false) AS ages_out,
    coalesce(least(lf.adult_month, rf.adult_month) BETWEEN %(in_a_year)s AND %(in_two_years)s, false) AS ages_soon,
    (lf.card_open AND lr.is_current AND lr.vanished_id IS NULL)
        OR (rf.card_open AND rr.is_current AND rr.vanished_id IS NULL) AS card,
    c.left_id IN (SELECT record_id FROM found) OR c.right_id IN (SELECT record_id FROM found) AS sibling
""")

# The bits are those of `registry.models.candidate.GROUNDS`.
BITS = SQL("""
    (ages_out::int + 2 * (ages_soon AND NOT ages_out)::int + 4 * card::int + 8 * sibling::int + 16 * (whole > 0)::int)
        ::smallint AS grounds
""")

WEIGHED = SQL("""
    (1 + (grounds & 1) + 0.5 * ((grounds >> 1 & 1) + (grounds >> 2 & 1) + (grounds >> 3 & 1)) + whole)::real
        AS urgency, grounds
""")

WHOLES = SQL("""
SELECT pair.left_id, pair.right_id, max(n.probability) AS whole FROM registry_newevidence n
JOIN registry_identitymember m ON m.identity_id = n.identity_id AND m.row_id <> n.row_id
CROSS JOIN LATERAL (VALUES (n.record_id, m.shown_id), (m.shown_id, n.record_id)) pair (left_id, right_id)
GROUP BY pair.left_id, pair.right_id
""")
"""What all members of a verified child say of a record, for the pairs between the two, either way round."""
