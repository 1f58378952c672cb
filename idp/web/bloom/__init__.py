"""Bloom Housing's contract."""
