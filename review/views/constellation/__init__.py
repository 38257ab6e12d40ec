"""Pages about what other pairs say: transfers."""
