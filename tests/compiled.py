"""Templates are compiled once a process: most tests have a provider of their own, and each would do it anew."""

from collections.abc import Iterator
from types import CodeType
from typing import Any

import jinja2
import pytest
from jinja2.bccache import Bucket

OPTIONS = ("autoescape", "trim_blocks", "lstrip_blocks", "keep_trailing_newline", "newstyle_gettext", "sandboxed")
"""Of an environment, on which the code of a template depends."""


class Compiled(jinja2.BytecodeCache):
    """By a template's place and text, so that a changed one is another."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not callable(bucket.environment.autoescape):  # each environment has another then, and finds nothing again
            self._known[_key(bucket)] = bucket.code


def _key(bucket: Bucket) -> tuple[object, ...]:
    made_for = bucket.environment
    options = [getattr(made_for, name, None) for name in OPTIONS]
    return bucket.key, bucket.checksum, type(made_for), *made_for.extensions, *options


@pytest.fixture(scope="session", autouse=True)
def compiled() -> Iterator[None]:
    known, made = Compiled(), jinja2.Environment.__init__

    def environment(self: jinja2.Environment, *given: Any, **named: Any) -> None:
        made(self, *given, **{"bytecode_cache": known, **named})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "__init__", environment)
        yield
