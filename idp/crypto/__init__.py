"""Secrets at rest and in motion: time and chance, the master key, sealing, digests, password hashes, signing keys."""
