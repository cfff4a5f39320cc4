"""People's places in organizations."""
