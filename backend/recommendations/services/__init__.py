"""What happens to recommendations and endorsements."""
