"""Versions of the learned ranking: what was trained, what is in use, what it replaced."""
