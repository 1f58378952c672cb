"""Faces: bytes in, a verb, bytes out."""
