"""Tables that the registry goes by."""
