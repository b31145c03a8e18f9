"""The case of January 2021, replayed with invented names: what is restricted, how, whom it covers, and until when."""
