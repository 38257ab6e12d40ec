"""Is this deployment fit for records of real children? One check for each thing that people forget."""
