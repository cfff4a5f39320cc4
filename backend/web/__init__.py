"""What API and pages both need of a request: where it comes from, and how often."""
