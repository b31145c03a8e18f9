"""Who and what a measure covers, and who is expressly not covered though one step away."""
