"""What the pages print runs: configurations, commands, names of settings, the plugin of the README."""

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest

from idp.cli import main
from idp.cli.examination import plugin_problems
from idp.config.loader import examine
from idp.config.settings import Settings
from idp.core.events import EventName
from idp.sdk import CodeChannel, Sender
from tests.docs.pages import Block, blocks, inline, page, pages
from tests.house.project import modules

SECRETS = re.compile(r'env = "(\w+)"')
SENDS = re.compile(r"\[plugins\.(smtp|file|console|chat)\]")
ENDS = {"|", "<", ">", "&&", ";", "&"}
KEY = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")
NAMED_BY_OPERATORS = {"plugins", "flags", "features", "jurisdictions", "teams"}
LOGGED = re.compile(r"\.(?:info|warning|error)\(\s*\"([a-z_]+\.[a-z_]+)\"")


@pytest.mark.parametrize("block", [one for one in blocks("toml") if "file=pyproject.toml" not in one.info], ids=str)
def test_every_configuration_loads(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    first_factor = "" if "[plugins.password]" in block.code else "\n[plugins.password]\n"
    sender = "" if SENDS.search(block.code) else "\n[plugins.console]\n"
    file.write_text(re.sub(r'file = "[^"]*"', 'env = "ELSEWHERE"', block.code) + first_factor + sender)
    environ = dict.fromkeys([*SECRETS.findall(block.code), "ELSEWHERE"], "k8Jd-2hQz_0pLw93Vbn4TyRc7MxS5aGf")

    settings, problems = examine(file, environ)

    assert problems == []
    assert settings is not None
    assert [problem for problem in plugin_problems(settings) if "no installed package" not in problem.reason] == []


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every call of `idp`, with the place where it stands."""
    for block in blocks("sh", "console"):
        for line in block.code.replace("\\\n", " ").splitlines():
            yield from ((str(block), words) for words in calls(line))
    for text in pages():
        yield from ((text.path, words) for code in inline(text) if code.startswith("idp ") for words in calls(code))


def calls(line: str) -> Iterator[list[str]]:
    words = shlex.split(line, comments=True)
    for place, word in enumerate(words):
        if word.rpartition("/")[2] == "idp" and (place == 0 or words[place - 1] in ENDS):
            yield list(takewhile(lambda one: one not in ENDS, words[place + 1 :]))


def what_is_wrong(words: list[str]) -> str | None:
    """Walks down the command line; None when every verb and option is known."""
    command: click.Command = main
    context = click.Context(main)
    rest = iter(words)
    for word in rest:
        if word.startswith("-") and word != "-":
            options = {name: one for one in command.params for name in (*one.opts, *one.secondary_opts)}
            name = word.partition("=")[0]
            if name not in options and name not in {"--help", "-h"}:
                return f"{command.name} has no {name}"
            if isinstance(option := options.get(name), click.Option) and not option.is_flag and "=" not in word:
                next(rest, None)
        elif isinstance(command, click.Group):
            if (inner := command.get_command(context, word)) is None:
                return f"{command.name} has no verb {word}"
            command = inner
    return None


def test_every_command_exists() -> None:
    found = list(commands())

    wrong = [f"{place}: idp {' '.join(words)}: {why}" for place, words in found if (why := what_is_wrong(words))]

    assert len(found) > 40
    assert wrong == []


@pytest.mark.parametrize("line", ["idp flags list", "idp serve --ports 1", "idp user factor grow jane totp"])
def test_a_command_that_does_not_exist_is_seen(line: str) -> None:
    assert what_is_wrong(next(calls(line)))


def test_every_setting_exists() -> None:
    known = set(re.findall(r"^### `([^`]+)`", page("docs/settings.md"), re.MULTILINE))
    roots = set(Settings.model_fields) - NAMED_BY_OPERATORS
    logged = {event for module in modules() for event in LOGGED.findall(module.content)}
    events = {name.value for name in EventName} | logged

    named = {
        (text.path, code)
        for text in pages()
        for code in inline(text)
        if KEY.fullmatch(code) and code.partition(".")[0] in roots and code not in events
    }

    assert len(named) > 60
    assert {(path, code) for path, code in named if code not in known} == set()


def test_the_readmes_plugin_is_one() -> None:
    block = next(one for one in blocks("python") if one.page == "README.md")
    names: dict[str, object] = {}

    exec(compile(block.code, "README.md", "exec"), names)  # noqa: S102 - the point of this test

    plugin = names["Pager"]
    assert isinstance(plugin, type)
    assert issubclass(plugin, CodeChannel)
    assert issubclass(plugin, Sender)
    assert len(block.code.splitlines()) <= 30
