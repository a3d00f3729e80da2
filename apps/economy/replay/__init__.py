"""Published payouts, paid here as if they were won here."""
