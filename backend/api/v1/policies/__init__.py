"""Institutions' preferential policies (优惠政策)."""
