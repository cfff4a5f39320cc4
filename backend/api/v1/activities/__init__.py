"""Joint events, roadshows, contests and trainings."""
