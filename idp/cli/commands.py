"""The verbs, and the group that imports one when it is called."""

from collections.abc import Mapping
from importlib import import_module

import click
from click.exceptions import NoSuchCommand

from idp.cli.refusals import EXIT_REFUSED, told

COMMANDS: Mapping[str, str] = {
    "serve": "idp.cli.serve:serve",
    "check": "idp.cli.check:check",
    "db": "idp.cli.db:db",
    "schemas": "idp.cli.schemas:schemas",
    "user": "idp.cli.user:user",
    "jurisdiction": "idp.cli.jurisdiction:jurisdiction",
    "team": "idp.cli.team:team",
    "flag": "idp.cli.flag:flag",
    "keys": "idp.cli.keys:keys",
    "plugins": "idp.cli.plugins:plugins",
    "session": "idp.cli.session:session",
    "audit": "idp.cli.audit:audit",
    "client": "idp.cli.client:client",
    "resource": "idp.cli.resource:resource",
}
"""Where each verb lives. What one needs, no other has to import: `idp serve` is to answer within a second."""


class LazyGroup(click.Group):
    """Prints what an operator has to mend as lines of its own, without a stack trace, and exits with 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except NoSuchCommand as error:
            from idp.cli.verb import refuse_usage
            from idp.cli.voice import Voice

            told_better = NoSuchCommand(error.command_name, possibilities=self.list_commands(ctx), ctx=ctx)
            refuse_usage(Voice.of(as_json="--json" in args, no_color=True), told_better)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Exception as error:
            lines = told(error)
            if not lines:
                raise
            for line in lines:
                click.echo(line, err=True)
            raise SystemExit(EXIT_REFUSED) from None
