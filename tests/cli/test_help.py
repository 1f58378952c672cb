"""`--help`: every verb says what it does, and shows how."""

from collections.abc import Iterator

import click
import pytest

from idp.cli import main
from tests.cli.command_line import CommandLine


def verbs(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, name))
        else:
            yield (*path, name), command


ALL = dict(verbs(main))


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_verb_has_a_purpose_an_example_and_described_options(idp: CommandLine, words: tuple[str, ...]) -> None:
    ran = idp.run(*words, "--help")

    assert ran.code == 0
    assert f"Usage: {' '.join(('main', *words))}" in ran.out.replace("idp ", "main ", 1)
    assert "Example" in ran.out
    example = ran.out.partition("Example")[2]
    assert f"idp {' '.join(words)}" in example.replace("--config config.toml ", "")


def test_the_verbs_are_those_of_the_specification() -> None:
    wanted = """
        serve check db:upgrade,current,backup,restore schemas
        user:create,list,show,disable,enable,unlock,delete,import,set-password,join,leave,factor
        jurisdiction:create,list,show team:create,list,show flag:set,unset,list,explain keys:list,rotate,retire
        plugins:list,show,check session:list,revoke audit
        client:create,list,show,update,rotate-secret,delete,initial-token resource:create,list,delete
    """
    named = {
        (noun, verb) if verb else (noun,)
        for one in wanted.split()
        for noun, _, rest in [one.partition(":")]
        for verb in rest.split(",")
    }

    assert {words[:2] for words in ALL} == named


def test_the_exit_codes_are_documented(idp: CommandLine) -> None:
    text = idp.run("--help").out

    assert all(f"{code} " in text.partition("Exit codes")[2] for code in (0, 1, 2))


@pytest.mark.parametrize("words", [words for words in ALL if words != ("serve",)], ids=" ".join)
def test_every_verb_but_serve_answers_in_json_and_without_colours(words: tuple[str, ...]) -> None:
    options = {option for parameter in ALL[words].params for option in parameter.opts}

    assert {"--json", "--no-color"} <= options
