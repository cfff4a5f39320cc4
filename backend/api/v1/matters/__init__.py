"""Matters to coordinate."""
