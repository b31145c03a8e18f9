"""Content classes: rules over the plain facts of a content version, decided once per version."""
