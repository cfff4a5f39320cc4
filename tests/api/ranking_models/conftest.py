"""The catalogue and the simulated history of the learning tests."""

from tests.backend.learning.conftest import banks, history, trained

__all__ = ["banks", "history", "trained"]
