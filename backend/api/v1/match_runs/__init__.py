"""Match runs: every open need of a region, ranked in one go."""
