"""A verb of the command line: its options, its example, its answer, and what becomes of a refusal.

| exit code | |
|---|---|
| 0 | done |
| 1 | refused, not found, or done in part: the line on the standard error stream says why |
| 2 | the words after `idp`, the configuration, or the database it names cannot be used |
"""

import sys
from collections.abc import Callable
from inspect import cleandoc
from typing import Any, NoReturn

import click

from idp.cli.answer import Answer
from idp.cli.chosen import Chosen
from idp.cli.refusals import EXIT_REFUSED, told
from idp.cli.voice import Voice

EXIT_FAILED = 1


class Verb(click.Command):
    """`callback` gets the chosen configuration and its options, and returns an Answer."""

    def __init__(self, *words: Any, example: str, **more: Any) -> None:
        shown = "\n".join(f"  {line}" for line in example.splitlines())
        more["help"] = f"{cleandoc(more.get('help') or '')}\n\n\b\nExample:\n{shown}"
        more["params"] = [*more.get("params", ()), *_every_verbs_options()]
        super().__init__(*words, **more)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        voice = Voice.of(as_json="--json" in args, no_color=True)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            refuse_usage(voice, error)

    def invoke(self, ctx: click.Context) -> None:
        voice = Voice.of(as_json=ctx.params.pop("as_json"), no_color=ctx.params.pop("no_color"))
        chosen = ctx.find_object(Chosen) or Chosen(path=None)
        try:
            answer = self.carry_out(ctx, chosen, voice)
        except click.UsageError as error:
            refuse_usage(voice, error)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click knows what to do
        except Exception as error:
            sys.exit(complain(voice, error))
        if answer is not None:
            voice.answer(answer)
            ctx.exit(answer.exit_code)

    def carry_out(self, ctx: click.Context, chosen: Chosen, voice: Voice) -> Answer | None:  # noqa: ARG002 - for others
        answer: Answer | None = ctx.invoke(self._function, chosen, **ctx.params)
        return answer

    @property
    def _function(self) -> Callable[..., Any]:
        if self.callback is None:
            raise TypeError("a verb without a callback")
        return self.callback


class Noun(click.Group):
    """Verbs about one thing."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            refuse_usage(Voice.of(as_json="--json" in args, no_color=True), error)


class DeskVerb(Verb):
    """`callback` is a coroutine function that gets the Desk, with the provider open, and its options."""

    def carry_out(self, ctx: click.Context, chosen: Chosen, voice: Voice) -> Answer | None:
        import asyncio

        from idp.cli.desk import open_desk

        params = dict(ctx.params)

        async def work() -> Answer | None:
            async with open_desk(chosen.settings(), voice) as desk:
                answer: Answer | None = await self._function(desk, **params)
                return answer

        return asyncio.run(work())


def complain(voice: Voice, error: Exception) -> int:
    """Says what went wrong, without a stack trace; the exit code."""
    from idp.core.errors import Accident, Refusal

    lines = told(error)
    if lines and voice.as_json:
        problems = [{"key": line.key, "reason": line.reason, "mend": line.mend} for line in lines]
        voice.complain("configuration", "; ".join(map(str, lines)), problems=problems)
        return EXIT_REFUSED
    for line in lines:
        click.echo(str(line), err=True)
    if lines:
        return EXIT_REFUSED
    match error:
        case Refusal():
            from idp.cli.wording import worded

            voice.complain(error.code, worded(error))
        case Accident():
            voice.complain(error.code, str(error) or error.code.replace("_", " "))
        case OSError():
            voice.complain("file", f"{error.filename or 'a file'}: {error.strerror or type(error).__name__}")
        case _:
            voice.complain(
                "unforeseen", f"{type(error).__name__} at {_place(error)}: a defect of ours, please report it"
            )
    return EXIT_FAILED


def refuse_usage(voice: Voice, error: click.UsageError) -> NoReturn:
    """One line, not click's three: on a terminal with the command to ask for help."""
    path = error.ctx.command_path if error.ctx else "idp"
    message = error.format_message()
    voice.complain("usage", message if voice.as_json else f"{message} See `{path} --help`.")
    sys.exit(EXIT_REFUSED)


def _place(error: Exception) -> str:
    """The innermost place of ours, so that a report can begin there; no text that may hold a secret."""
    place, trace = "?", error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if str(name).startswith("idp."):
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _every_verbs_options() -> list[click.Parameter]:
    return [
        click.Option(["--json", "as_json"], is_flag=True, help="One JSON object; always so when piped."),
        click.Option(["--no-color"], is_flag=True, help="No colours; NO_COLOR does the same."),
    ]
