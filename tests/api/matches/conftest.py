"""A fresh memory of the catalogue for every test: versions begin anew with each database."""

from collections.abc import Iterator

import pytest

from backend.matches.catalogue_memory import catalogues


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    """Forget what another test's catalogue was."""
    catalogues.forget()
    yield
    catalogues.forget()
