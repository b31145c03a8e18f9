"""Any program that knows of bounces and complaints posts them here as JSON."""
