"""Pages about what leaves by the case feed."""
