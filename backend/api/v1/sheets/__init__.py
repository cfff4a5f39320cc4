"""Sheets: what an institution was sent, as a workbook, and its returned copy."""
