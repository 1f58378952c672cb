"""Programs beside the tests: started from the root of the project, so that they find what tests find."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def child(name: str, *arguments: str) -> list[str]:
    """The command that runs one of `tests/storage/children`."""
    return [sys.executable, "-m", f"tests.storage.children.{name}", *arguments]
