"""Whom and what a measure applies to: conjunctions of selectors over the facets of whoever acts or sends."""
