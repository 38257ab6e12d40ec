"""Commands about lists: describe, ingest, quarantine, evidence, testimonies, records."""
