"""Messages to endpoints and what came of them."""
