"""Figures that the platform computes from its own rows, each of which leads back to them."""
