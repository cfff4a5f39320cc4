"""Agreements between departments and institutions."""
