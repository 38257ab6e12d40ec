"""What people and other pairs say of a pair: verdicts and stated transfers going in, supporting pairs coming out."""
