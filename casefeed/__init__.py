"""What the case system gets: the API over verified identities."""
