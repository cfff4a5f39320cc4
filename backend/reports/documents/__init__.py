"""Reports as files: Word from a template that the department may replace, and Excel."""
