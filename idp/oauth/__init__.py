"""The protocol: OAuth 2.1 and OpenID Connect over the verbs. Authlib judges, our storage decides."""
