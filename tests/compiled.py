"""Pages are compiled once a process: most tests have a provider of their own, and each would do it anew."""

from collections.abc import Iterator
from types import CodeType

import jinja2
import pytest
from jinja2.bccache import Bucket

from idp.web.pages.templating import Templates


class Compiled(jinja2.BytecodeCache):
    """By a template's place and text, so that a changed one is another."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def compiled() -> Iterator[None]:
    known, made = Compiled(), Templates._environment

    def environment(templates: Templates, language: str) -> jinja2.Environment:
        found = made(templates, language)
        found.bytecode_cache = known
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Templates, "_environment", environment)
        yield
