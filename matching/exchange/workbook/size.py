"""How long a sheet can be."""

from __future__ import annotations

from typing import Final

MAX_ROWS: Final = 1_048_575  # of an Excel sheet, less the header


class TooManyRowsError(ValueError):
    """The answer does not fit into a sheet; ``rows`` says how long it is."""

    def __init__(self, rows: int) -> None:
        super().__init__(f"{rows} rows")
        self.rows = rows


def check_rows(rows: int) -> None:
    """Raise :class:`TooManyRowsError` when so many rows do not fit into a sheet."""
    if rows > MAX_ROWS:
        raise TooManyRowsError(rows)
