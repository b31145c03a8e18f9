"""SMTP: the pipelining client, and the sinks that stand in for a relay in tests, demos and benchmarks."""
