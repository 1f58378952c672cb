"""Signing in on a device without a browser, or without a keyboard, by another that has both (RFC 8628)."""
