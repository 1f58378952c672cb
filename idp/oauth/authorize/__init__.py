"""The authorization endpoint: from what a browser brought to a code, one need after another."""
