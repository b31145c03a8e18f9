"""The commands that only the composition root can give: database, web, worker, everything at once, and the doctor."""
