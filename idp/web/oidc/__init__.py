"""The OpenID Provider over HTTP."""
