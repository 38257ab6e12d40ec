"""What people decide: verdicts, their history, and how far reviewers agree."""
