"""From rows to children: cells to fields, fields to values, texts to mentions."""
