"""The commands that only the composition root can give: db, web, worker, serve and doctor."""
