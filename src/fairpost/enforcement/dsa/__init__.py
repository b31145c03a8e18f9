"""What was decided, said as a statement of reasons in the schema of the DSA Transparency Database.

Pure: no database, no network; the schema is the one in force since 1 July 2025. `fields` and `conditions` are the rules
as tables, `validate` holds statements to them, `mapping` makes a statement of a measure, or says why there is none.
"""
