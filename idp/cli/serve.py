"""`idp serve`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from idp.cli.chosen import Chosen

if TYPE_CHECKING:
    from idp.config.settings import Settings


@click.command()
@click.option("--host", metavar="HOST", help="The address to listen on, in place of server.host.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="In place of server.port; 0 takes a free one. An issuer that is not configured goes with it.",
)
@click.option("--workers", type=click.IntRange(1, 256), metavar="N", help="Processes, in place of server.workers.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The folder of all that is written, in place of var/.",
)
@click.pass_obj
def serve(chosen: Chosen, host: str | None, port: int | None, workers: int | None, data: Path | None) -> None:
    """Serve until SIGTERM or Ctrl-C; a second Ctrl-C does not wait for running requests.

    \b
    Example:
      idp serve --port 8080 --workers 2
    """
    given = {
        "IDP_SERVER__HOST": host,
        "IDP_SERVER__PORT": port,
        "IDP_SERVER__WORKERS": workers,
        "IDP_DATA": data and data.absolute(),
    }
    settings = chosen.settings({name: str(value) for name, value in given.items() if value is not None})
    raise SystemExit(_serve(_with_its_own_issuer(settings)))


def _with_its_own_issuer(settings: "Settings") -> "Settings":
    """The default issuer names the default port: on another one nobody would find the keys."""
    port = settings.server.port
    if "issuer" in settings.model_fields_set or not port:
        return settings
    return settings.model_copy(update={"issuer": f"http://localhost:{port}"})


def _serve(settings: "Settings") -> int:
    # a mistake in the settings, or a port in use, is told before all the rest is imported
    from idp.server.listening import bind

    sockets = bind(settings.server.host, settings.server.port)
    from idp.server.serve import Moments, serve

    def listening(port: int) -> None:
        from idp.cli.banner import banner

        try:
            click.echo(banner(settings, port), color=False if os.environ.get("NO_COLOR") else None)
        except BrokenPipeError:  # whoever read us has gone; what is left in the buffer must not fail again at the exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    if not settings.demo:
        return serve(settings, sockets, Moments(listening=listening))
    from idp.cli.demo import load_demo

    return serve(settings, sockets, Moments(listening=listening, prepared=load_demo))
