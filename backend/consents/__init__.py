"""Who may be shown what of a firm, and who was: consents, the one policy, the ledger."""
