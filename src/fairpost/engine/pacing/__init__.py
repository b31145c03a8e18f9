"""How fast messages may leave: buckets, back-off and the provider behind a domain."""
