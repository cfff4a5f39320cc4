"""Use cases of notifications and mails."""
