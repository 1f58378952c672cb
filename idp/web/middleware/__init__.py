"""Pure ASGI middleware: what every request passes before a face sees it."""
