"""Pages of a report: markup, charts, tables and numbers as people read them."""
