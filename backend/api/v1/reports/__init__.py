"""Reports over many needs, for the department."""
