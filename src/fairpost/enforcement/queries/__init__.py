"""What people and programs read of enforcement, in frozen dataclasses."""
