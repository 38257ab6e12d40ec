"""The `ridni` command line."""
