"""What is held as ciphertext: the wrapped keys, and rows that hide what they hold behind them."""
