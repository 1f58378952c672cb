"""The words of client metadata that we know. What is not here is refused, not ignored."""

AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"
CLIENT_CREDENTIALS = "client_credentials"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

GRANT_TYPES = (AUTHORIZATION_CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS, DEVICE_CODE, TOKEN_EXCHANGE, JWT_BEARER)
"""No `implicit`, no `password` (RFC 9700 §2.1.2, §2.4; row 104)."""

RESPONSE_TYPES = ("code",)

RESPONSE_MODES = ("query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt")

SECRET_METHODS = ("client_secret_basic", "client_secret_post", "client_secret_jwt")
"""Those that take a secret we share with the client."""

TLS_METHODS = ("tls_client_auth", "self_signed_tls_client_auth")
"""RFC 8705 §2."""

AUTH_METHODS = ("none", *SECRET_METHODS, "private_key_jwt", *TLS_METHODS)

ENCRYPTED_ANSWERS = ("id_token", "userinfo", "introspection", "authorization")
"""What we encrypt for a client: each has a member `…_encrypted_response_alg`, and one for `enc`."""

SUBJECT_TYPES = ("public", "pairwise")

APPLICATION_TYPES = ("web", "native")
