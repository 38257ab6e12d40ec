"""What two people have verified: identities, their values, and the log of what happened to them."""
