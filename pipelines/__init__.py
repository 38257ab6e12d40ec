"""What runs when: source readers, Prefect flows and the command line that wire the other rooms together."""
