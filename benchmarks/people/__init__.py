"""Invented people of the United States (pseudopeople): four linkage tasks in three worlds, Ridni beside Splink."""
