"""`fairpost demo`: the main job from a CSV file to delivered, signed mail, on this machine and with invented people."""
