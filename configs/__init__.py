"""Settings of a deployment, source descriptions and linkage specs."""
