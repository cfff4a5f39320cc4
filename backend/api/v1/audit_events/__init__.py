"""The journal, for auditors."""
