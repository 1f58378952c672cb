"""The one place that knows Authlib, and joserfc for what others signed."""
