"""The ledger: who was shown which field, when, through what."""
