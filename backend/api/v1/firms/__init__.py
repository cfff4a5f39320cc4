"""Firms: profile, figures, qualifications, tenancies, stage."""
