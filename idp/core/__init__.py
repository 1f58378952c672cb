"""Nouns and rules: values without I/O, without a clock, without await."""
