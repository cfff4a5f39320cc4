"""Recommendations of needs by departments after a visit, and endorsements by incubators."""
