"""Consents: what firms let pass between the department and institutions."""
