"""Accounts: made, confirmed, changed, recovered."""
