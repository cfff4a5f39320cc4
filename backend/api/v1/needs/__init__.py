"""Needs: drafts, submission, verification, and what they find."""
