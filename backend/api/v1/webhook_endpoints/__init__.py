"""Endpoints of institutions' systems that webhooks go to."""
