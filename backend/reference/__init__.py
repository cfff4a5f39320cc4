"""Codes that everybody uses: regions, industries, qualifications, with dated sources."""
