"""Requests about a firm's data: correction and deletion."""
