"""Second factors of one account: set up, proved, removed."""
