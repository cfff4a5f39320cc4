"""Investors' intents."""
