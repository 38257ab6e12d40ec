"""Backups: the whole home in one sealed file, without any key in it, and back."""
