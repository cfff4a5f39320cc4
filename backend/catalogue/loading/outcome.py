"""What became of a record."""

from enum import StrEnum


class Outcome(StrEnum):
    """What loading did with one record."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    # Somebody else has the say by now: the institution itself, or its closing of the product.
    KEPT = "kept"
