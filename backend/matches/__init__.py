"""Matches of needs and products: on demand and in runs."""
