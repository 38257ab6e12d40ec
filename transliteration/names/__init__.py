"""One name: its parts, its role, its base form, its classes and its keys."""
