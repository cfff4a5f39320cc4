"""Outcomes from before the platform, by the source that they come from."""
