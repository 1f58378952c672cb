"""Plugins: found without importing, loaded when the config names them, fenced in, given what they may have."""
