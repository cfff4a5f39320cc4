"""A small history that every test of the evaluation may read."""

from pathlib import Path

import pytest

from matching.evaluation.dataset import Dataset, read_dataset
from tests.matching.evaluation.histories import made_history, write_history


@pytest.fixture(scope="session")
def history_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with eight months of financing."""
    return write_history(tmp_path_factory.mktemp("history"), *made_history())


@pytest.fixture(scope="session")
def history(history_folder: Path) -> Dataset:
    """The same, read."""
    return read_dataset(history_folder)
