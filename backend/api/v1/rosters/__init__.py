"""Rosters: lists of firms that departments import."""
