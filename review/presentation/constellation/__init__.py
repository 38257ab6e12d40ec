"""What other pairs say, in words: the pair behind a pair."""
