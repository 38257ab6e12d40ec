"""JSON, JSON lines and Telegram exports, as streams."""
