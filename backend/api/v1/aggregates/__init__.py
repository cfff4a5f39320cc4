"""Aggregates that institutions report per period."""
