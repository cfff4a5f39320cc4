"""How good an order is, and how sure that figure is."""
