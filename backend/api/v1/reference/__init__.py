"""Code lists: regions, reporting units, industries, qualifications, stages."""
