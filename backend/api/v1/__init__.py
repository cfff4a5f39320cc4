"""Version 1 of the API: one folder per resource."""
