"""Ranks financing products for the needs of technology firms, and explains every place."""
