"""Firms: profile, dated facts, qualifications, tenancy, rosters."""
