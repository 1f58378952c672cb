"""`idp serve`."""

import click

from idp.cli.chosen import Chosen


@click.command()
@click.pass_obj
def serve(chosen: Chosen) -> None:
    """Serve until told to stop."""
    chosen.settings()
