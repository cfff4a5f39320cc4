"""The inbox of whoever asks."""
