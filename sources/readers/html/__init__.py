"""Web pages: cards, articles, and what a page says around them."""
