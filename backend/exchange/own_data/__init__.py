"""Everything that the platform holds about a firm, handed to the firm itself."""
