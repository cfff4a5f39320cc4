"""Financing products with immutable versions, and preferential policies."""
