"""The token endpoint: who asks, by which grant, bound to what."""
