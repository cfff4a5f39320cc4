"""What `allocate` answers: as JSON, as a workbook and as a table on the terminal."""
