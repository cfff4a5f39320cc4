"""Messages to people: what an event says to whom, the inbox, and the mail that leaves."""
