"""What happens to lists and referrals; one module per group of use cases."""
