"""How an appeal goes from filing to its end, and by when: tables and arithmetic, no database."""
