"""Reports of mail receivers about a domain: DMARC aggregates and TLS, whoever wrote them, within limits."""
