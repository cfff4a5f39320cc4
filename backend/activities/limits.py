"""How long and how large the values of activities, projects and intents may be."""

TITLE_MAX_LENGTH = 100
PLACE_MAX_LENGTH = 200
DESCRIPTION_MAX_LENGTH = 4_000
SUMMARY_MAX_LENGTH = 2_000
NOTE_MAX_LENGTH = 1_000
AWARD_MAX_LENGTH = 60
MOST_PLACES = 100_000
MOST_CO_ORGANIZERS = 50
# An intent of a trillion yuan is a slip of the keyboard.
AMOUNT_MAX_YUAN = 10**12
