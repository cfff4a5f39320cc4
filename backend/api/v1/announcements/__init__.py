"""What departments make known."""
