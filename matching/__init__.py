"""How two records are compared and scored: a record-linkage library, frames in and frames out."""
