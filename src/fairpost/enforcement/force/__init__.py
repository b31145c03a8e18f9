"""What applies to whom at this instant: a pure function over everything that is in force, and where that is kept."""
