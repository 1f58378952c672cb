"""A pluggable, self-hosted identity provider: cookie contracts, keys for everybody, tenants and plugins."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idp.app import create_app
    from idp.config.settings import Settings

__version__ = "0.1.0"
__all__ = ["Settings", "__version__", "create_app"]


def __getattr__(name: str) -> object:
    """Loads the application when it is asked for: `import idp` alone, as plugins do through `idp.sdk`, stays cheap."""
    if name == "create_app":
        from idp.app import create_app  # noqa: PLC0415 - see above

        return create_app
    if name == "Settings":
        from idp.config.settings import Settings  # noqa: PLC0415 - see above

        return Settings
    raise AttributeError(name)
