"""Erasure: one person asks, with a plan before them; another allows; then nothing of it is left but a tombstone.

ask --> waits --allow--> under way: copies, tables, files, keys; a killed run takes it up again --> done
waits --refuse-> refused
"""
