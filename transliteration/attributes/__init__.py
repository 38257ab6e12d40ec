"""What else is written of a child: documents and traits."""
