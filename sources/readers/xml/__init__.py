"""XML documents of records."""
