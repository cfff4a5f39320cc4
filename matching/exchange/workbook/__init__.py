"""The workbook form of the exchange file: guarded reading, writing and the template."""
