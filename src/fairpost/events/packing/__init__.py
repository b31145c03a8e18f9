"""Single events in some octets each, once they are a day old."""
