"""Files in and out: lists that departments hand over become records of the platform."""
