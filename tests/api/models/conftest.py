"""The catalogue and the simulated history of the learning tests."""

from tests.backend.learning.conftest import banks, demo_mode, history, trained

__all__ = ["banks", "demo_mode", "history", "trained"]
