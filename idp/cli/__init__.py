"""The command line `idp`."""

from pathlib import Path

import click

from idp import __version__
from idp.cli.chosen import Chosen
from idp.cli.commands import LazyGroup


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": None})
@click.option(
    "--config",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="IDP_CONFIG",
    metavar="FILE",
    help="The configuration. Otherwise IDP_CONFIG, otherwise config.toml.",
)
@click.version_option(__version__, message="idp %(version)s")
@click.pass_context
def main(ctx: click.Context, path: Path | None) -> None:
    """A pluggable, self-hosted identity provider.

    \b
    Exit codes:
      0  done
      1  failed, refused, not found, or done in part
      2  the words after `idp`, the configuration or the database cannot be used
    Why is told in lines on the standard error stream, each with the mend where there is one.

    \b
    Example:
      idp --config config.toml check
    """
    ctx.obj = Chosen(path=path)
