"""Loads made-up institutions, firms, needs and accounts; only in demonstration mode."""
