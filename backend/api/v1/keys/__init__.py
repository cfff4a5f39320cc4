"""One's own API keys."""
