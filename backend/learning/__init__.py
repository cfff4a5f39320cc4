"""Learning from outcomes: training, comparing, and watching whom the ranking shows."""
