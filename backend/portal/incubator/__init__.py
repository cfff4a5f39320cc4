"""Pages of an incubator."""
