"""Says whether DNS holds what a sender identity needs: one check a file, each returns findings."""
