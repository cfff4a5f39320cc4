"""Versions of the ranking model: train, compare, activate, roll back, watch."""
