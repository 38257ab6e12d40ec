"""Pages of a report: their templates, charts as shapes, and numbers as people read them."""
