"""Needs and products as the columns that every engine of the comparison starts from."""
