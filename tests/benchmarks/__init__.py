"""How fast it is, measured after the results were found equal; not part of the tests."""
