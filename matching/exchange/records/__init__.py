"""What the records of an exchange file may hold, whatever form they come in."""
