"""What a department makes known on the platform: for whom, where, and for how long."""
