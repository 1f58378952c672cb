"""Clients: what they may register, where they come from, how they are found."""
