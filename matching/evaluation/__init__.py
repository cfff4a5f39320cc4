"""Measures rankings on histories of financing: split by time, state strictly before the need."""
