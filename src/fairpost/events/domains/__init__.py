"""What came back by the domain of the recipient: which contact is where, and what each campaign came to there."""
