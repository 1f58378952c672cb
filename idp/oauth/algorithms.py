"""The JOSE algorithms (RFC 7518, RFC 8037) that we use and accept. What is not here is refused everywhere."""

SIGNING = ("RS256", "PS256", "ES256", "EdDSA")
"""What we sign with, and what clients may sign assertions, request objects and DPoP proofs with."""

FAPI_SIGNING = ("PS256", "ES256", "EdDSA")
"""FAPI 2.0 Security Profile §5.4.1."""

SHARED_SECRET = ("HS256",)
"""client_secret_jwt alone: an HMAC under the client's secret (OIDC Core §9)."""

FAPI_USUAL = "PS256"
"""The nearest to RS256 among them."""

UNSIGNED = "none"
"""Request objects of a client that registered it (OIDC Core §6.1), and nothing else."""

KEY_MANAGEMENT = ("RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW")
"""No RSA1_5 (Bleichenbacher), no PBES2 (row 86). We encrypt so, and are encrypted to."""

CONTENT_ENCRYPTION = ("A128CBC-HS256", "A128GCM", "A256GCM")

DEFAULT_CONTENT_ENCRYPTION = "A128CBC-HS256"
"""Where a client names `alg` and no `enc` (OIDC Registration §2)."""
