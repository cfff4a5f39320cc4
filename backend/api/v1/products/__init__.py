"""Products: what institutions offer, in immutable versions."""
