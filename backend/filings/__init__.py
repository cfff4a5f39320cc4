"""Figures that people file: institutions' signed period aggregates, officers' indicators."""
