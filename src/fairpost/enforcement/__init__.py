"""Restrictions that say what, how, to whom and to whom not, under which rule, on what facts, until when."""
