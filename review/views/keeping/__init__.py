"""Pages of what is kept no longer: erasures before those who decide on them, and the holds that stand."""
