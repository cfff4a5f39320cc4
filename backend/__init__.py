"""The Django side: data, rules of procedure, API."""
