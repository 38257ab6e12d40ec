"""The probabilistic model: Fellegi–Sunter with graded levels, term frequency and a mixture over scenarios."""
