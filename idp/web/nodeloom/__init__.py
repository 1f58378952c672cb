"""NodeLoom's contract."""
