"""What exists: kinds of measures, kinds of duration, states and who may be restricted in what; tables, no database."""
