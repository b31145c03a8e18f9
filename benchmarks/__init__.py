"""Benchmarks: each figure over a ceiling measured in the same run."""
