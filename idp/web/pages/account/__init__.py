"""The account page: what a person sees of themselves, and may change."""
