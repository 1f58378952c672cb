"""The end of a session, told to every client that took part in it."""
