"""What an access token opens: userinfo, introspection, revocation, feature values."""
