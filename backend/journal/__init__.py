"""One event row per change, written in the same transaction: history, outbox and audit."""
