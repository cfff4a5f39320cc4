"""Largest sizes of what people enter for lists."""

LARGEST_FAN_OUT = 20
TITLE_MAX_LENGTH = 200
DOCUMENT_NUMBER_MAX_LENGTH = 80
BASIS_MAX_LENGTH = 300
REASON_MAX_LENGTH = 300
# A list answered later than that belongs to the next one.
LONGEST_ANSWER_DAYS = 366
# Counts of every city of a province and of the four stages.
SUMMARY_MAX_LENGTH = 1_000
