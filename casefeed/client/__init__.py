"""A client of the case feed in one file, `follower.py`, for case systems to copy; it imports nothing of Ridni."""
