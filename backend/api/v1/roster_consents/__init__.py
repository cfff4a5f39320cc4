"""Consents of firms to stand on rosters."""
