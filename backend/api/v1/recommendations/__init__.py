"""Recommendations of needs by departments."""
