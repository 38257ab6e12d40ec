"""What is known: evidence, records, candidates, decisions, identities and the audit log, over PostgreSQL."""
