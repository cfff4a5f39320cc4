"""Referrals: what was sent to institutions, and what became of it."""
