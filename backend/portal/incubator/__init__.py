"""Pages of a incubator."""
