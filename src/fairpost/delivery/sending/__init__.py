"""The sending process: leases batches, runs the engine, keeps the permit."""
