"""The explained score: named components in [0, 1] and weights by stage."""
