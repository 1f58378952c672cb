"""The one way out to addresses that strangers name."""
