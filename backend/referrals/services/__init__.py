"""What changes lists and referrals; one module per part of the work."""
