"""How long what is said of an announcement may be."""

TITLE_MAX_LENGTH = 100
TEXT_MAX_LENGTH = 5_000
REASON_MAX_LENGTH = 500
