"""How far families and transfers carry: Ridni with and without collective evidence, beside what anybody could reach."""
