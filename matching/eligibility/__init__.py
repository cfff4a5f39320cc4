"""Who may have which product: three outcomes per criterion, and the firm's stage."""
