"""Between alphabets: romanisation, Latin orthographies, and the skeleton that spellings share."""
