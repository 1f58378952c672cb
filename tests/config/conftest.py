"""A configuration as an operator writes it: a file, and the environment."""

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from idp.config.loader import load
from idp.config.problem import ConfigurationRefused, Problem
from idp.config.settings import Settings

Loading = Callable[..., Settings]
Refusing = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def loaded(tmp_path: Path) -> Loading:
    """The settings of a text, loaded from `config.toml` in an empty folder."""

    def load_text(text: str = "", environ: Mapping[str, str] | None = None) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(dedent(text), encoding="utf-8")
        return load(path, environ or {})

    return load_text


@pytest.fixture
def refused(loaded: Loading) -> Refusing:
    """The problems of a text that must not load."""

    def problems_of(text: str = "", environ: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
        with pytest.raises(ConfigurationRefused) as refusal:
            loaded(text, environ)
        return refusal.value.problems

    return problems_of
