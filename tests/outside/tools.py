"""Programs that not every machine has."""

import shutil
from pathlib import Path

import pytest

PLACES = ("/usr/sbin", "/usr/local/sbin")
"""Where Debian puts what an ordinary user's PATH does not name."""


def needed(name: str) -> Path:
    """The program's path; without it the test is left out, and says so."""
    found = shutil.which(name) or next((place for folder in PLACES if (place := shutil.which(name, path=folder))), None)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return Path(found)
