"""What a period of elevated risk may say, and what its closing report counts: no database."""
