"""Signed, thin messages to the systems of institutions: what happened and to what, no more."""
