"""Verbs, one file each, grouped by capability. No HTTP, no SQL, no library but our own."""
