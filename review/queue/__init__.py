"""Who gets which pair: assignment, reservation, gold items, workload and breaks."""
