"""The register: what was decided, for whoever may read it, and what is kept from them and why."""
