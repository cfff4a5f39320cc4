"""What learning does: train, compare, watch."""
