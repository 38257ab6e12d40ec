"""What it takes to find a child, with the queue worked by pairs and by whole children."""
