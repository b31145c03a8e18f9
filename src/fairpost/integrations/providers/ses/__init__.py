"""Amazon SES tells bounces and complaints through a topic of Amazon SNS, which posts them here."""
