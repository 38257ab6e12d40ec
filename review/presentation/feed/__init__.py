"""What left for case systems, and figures without identities, as people read them."""
