"""Overdue referrals on the department's desk."""
