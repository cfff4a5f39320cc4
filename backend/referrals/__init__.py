"""From matches to lists, answers and outcomes that both sides confirm."""
