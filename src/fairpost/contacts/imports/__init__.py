"""Importing contacts: a CSV file becomes staged rows, and the staged rows contacts, all or nothing.

`opening` looks at the file and makes the plan; `records`, `values` and `staging_rows` turn its bytes into
rows for COPY; `staging` keeps them with the offset they came from; `merge` makes contacts of them.
"""
