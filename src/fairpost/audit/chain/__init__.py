"""The chain over the record: what a hash is made of, and the walk that checks every one."""
