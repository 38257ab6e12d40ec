"""Plain text and separated values."""
