"""From files to records: rows to children, what they mean, batches, corrections."""
