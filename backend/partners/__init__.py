"""Agreements with institutions and the people on both sides: nothing is sent without one."""
