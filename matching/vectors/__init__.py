"""Records encoded into whole numbers, and pairs of them as comparison vectors."""
