"""Figures about enforcement in any period, within what the register may tell."""
