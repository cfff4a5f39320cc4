"""Bounds of what an exchange file may hold; beyond them a value is a slip of the pen or an attack.

They are generous: a real firm, product or need stays far inside.
"""

from __future__ import annotations

from datetime import date
from typing import Final

MAX_AMOUNT_YUAN: Final = 10**13  # ten trillion: more than any firm of the country borrows
MAX_TERM_MONTHS: Final = 1_200  # a hundred years
MAX_AGE_MONTHS: Final = 12_000
MAX_COUNT: Final = 10_000_000  # persons, patents, ...
MAX_WORKDAYS: Final = 3_650
MAX_CAPACITY: Final = 1_000_000
MAX_POINTS: Final = 1_000.0
MAX_DEBT_RATIO: Final = 10.0  # beyond it somebody wrote per cent
MAX_SPENDING_RATIO: Final = 1_000.0  # a young firm spends a multiple of what it earns
MAX_GROWTH: Final = 10_000.0
MAX_TERM_FRACTION: Final = 10.0  # ratios inside a product's further conditions
MIN_FISCAL_YEAR: Final = 1949
MAX_FISCAL_YEAR: Final = 2999
MIN_DATE: Final = date(1800, 1, 1)

MAX_NAME_CHARACTERS: Final = 200
MAX_CODE_CHARACTERS: Final = 100
MAX_DESCRIPTION_CHARACTERS: Final = 4_000

MAX_FAULTS: Final = 10_000  # nobody mends more in one go
MAX_SHOWN_CHARACTERS: Final = 80

MAX_JSON_BYTES: Final = 64 * 1024**2
MAX_JSON_DEPTH: Final = 50

MAX_WORKBOOK_BYTES: Final = 10 * 1024**2
MAX_UNPACKED_BYTES: Final = 100 * 1024**2
MAX_COMPRESSION_RATIO: Final = 100
RATIO_EXEMPT_BYTES: Final = 1024**2  # small parts compress well without being bombs
MAX_WORKBOOK_PARTS: Final = 1_000
MAX_SHEET_ROWS: Final = 20_000
MAX_SHEET_COLUMNS: Final = 100
PARSER_SECONDS: Final = 30
PARSER_MEMORY_BYTES: Final = 1024**3
MAX_PARSED_CHARACTERS: Final = 32 * 1024**2
