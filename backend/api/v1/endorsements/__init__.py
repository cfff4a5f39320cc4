"""Endorsements of needs by incubators."""
