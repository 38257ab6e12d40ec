"""Copies of lists without the rows that were erased: cells are emptied, all others stay where they are."""
