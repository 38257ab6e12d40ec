"""What people hold of rows, as an append-only log, and the identities that follow from it."""
