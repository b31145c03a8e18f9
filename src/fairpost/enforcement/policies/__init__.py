"""The texts of a policy, and the neutral starter policy that comes with Fairpost."""
