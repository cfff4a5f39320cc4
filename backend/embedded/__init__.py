"""The PostgreSQL and the broker of a machine that has none, and `kerong up`."""
