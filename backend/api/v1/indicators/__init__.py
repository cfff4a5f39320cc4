"""Indicators that officers enter."""
