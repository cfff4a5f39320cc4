"""See each command."""
