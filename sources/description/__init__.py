"""A source described in YAML: its model, its reader options, and errors that name line and mend."""
