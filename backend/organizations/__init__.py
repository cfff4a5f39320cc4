"""Organizations, memberships, roles, and the actor that every request becomes."""
