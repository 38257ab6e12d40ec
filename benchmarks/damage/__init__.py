"""A register damaged in many ways, one kind a row, linked to family reports by names and dates alone."""
