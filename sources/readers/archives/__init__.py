"""Archives: bounded unpacking, and one delivery of many files."""
