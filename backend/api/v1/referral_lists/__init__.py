"""Referral lists."""
