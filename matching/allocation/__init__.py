"""Referral lists under capacities: the problem in arrays, its optimum, who is left out and why."""
