"""Which configuration the command line means."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idp.config.settings import Settings

USUAL = Path("config.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The file that `--config` or IDP_CONFIG names; None: the usual one."""

    path: Path | None

    def file(self) -> Path:
        """The file to read. Raises ConfigurationRefused when none was named and the usual one is not here."""
        from idp.config.problem import ConfigurationRefused, Problem

        if self.path is None and not USUAL.exists():
            mend = "Begin with a copy of config.example.toml, or name your file by --config or IDP_CONFIG."
            raise ConfigurationRefused([Problem(key=str(USUAL), reason="is not in this folder", mend=mend)])
        return self.path or USUAL

    def settings(self, overrides: dict[str, str] | None = None) -> "Settings":
        """Read and checked. `overrides` are variables, as the environment has them: `IDP_SERVER__PORT`.

        Raises ConfigurationRefused.
        """
        from idp.config.loader import load

        return load(self.file(), {**os.environ, **(overrides or {})})
