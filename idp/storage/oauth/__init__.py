"""The shelves of the OpenID Provider."""
