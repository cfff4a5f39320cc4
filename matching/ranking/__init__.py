"""Orders of matches: per need, per product and per institution."""
