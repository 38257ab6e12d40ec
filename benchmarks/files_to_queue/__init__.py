"""From delivered files to the queue by the commands that people type, next to the whole scripts of peers."""
