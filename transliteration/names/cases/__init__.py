"""Names in their grammatical cases: the forms that a name has, and the nominatives that a form may come from."""
