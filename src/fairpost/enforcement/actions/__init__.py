"""Acts of enforcement: each authorises, writes and records in one transaction."""
