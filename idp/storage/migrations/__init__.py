"""How the tables came to be, step by step: each step works while the version before it is still running.

Expand, migrate, contract: a column is added one version before it is needed, and dropped one after.
"""
