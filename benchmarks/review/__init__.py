"""How long the review app takes on the server when a queue is long."""
