"""Composition: the only package that knows all adapters."""

from idp.app.ground import Ambient, logs_of
from idp.app.provider import Provider, create_app, open_provider

__all__ = ["Ambient", "Provider", "create_app", "logs_of", "open_provider"]
