"""Proof for a court: a packet that an expert checks without Ridni, and without trusting its server."""
