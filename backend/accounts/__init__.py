"""People who sign in, and the keys that programs use."""
