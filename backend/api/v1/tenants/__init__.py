"""Tenants of an incubator, and where their needs stand."""
