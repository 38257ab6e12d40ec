"""What a written name, date or place can mean: pure functions from strings to values."""
