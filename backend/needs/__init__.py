"""Financing needs from draft to outcome."""
