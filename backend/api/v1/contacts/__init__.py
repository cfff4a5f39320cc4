"""Contact persons of departments and institutions."""
