"""The journal: what a sending process is about to do and what came of it, on disk before anything else knows."""
