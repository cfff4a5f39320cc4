"""Commands of the matches."""
