"""Pages of a institution."""
