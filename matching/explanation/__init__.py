"""Why a product stands where it stands, what is missing, and what to ask."""
