"""What else is written of a child: documents, traits, consent."""
