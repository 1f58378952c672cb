"""Built in, and plugins like anyone else's: they see idp.sdk alone, and each may be deleted without a trace."""
