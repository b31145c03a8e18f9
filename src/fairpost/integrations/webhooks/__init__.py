"""What happens in an account is posted to the addresses that it names: noted with the happening, posted until taken."""
