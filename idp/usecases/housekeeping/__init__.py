"""What goes on behind the requests."""
