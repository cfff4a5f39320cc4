"""Who takes part in activities."""
