"""The ring's contracts ([tool.importlinter] in pyproject.toml) see a breach: one is planted for each of them."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.project import TOP

# file -> what it imports, against the rules
PLANTED = {
    "core/planted.py": "import idp.ports\nimport pydantic\n",
    "ports/planted.py": "import idp.sdk\n",
    "sdk/planted.py": "import idp.usecases\n",
    "usecases/planted.py": "import idp.web\nimport idp.plugins.planted\nimport sqlalchemy\nimport starlette\n",
    "storage/planted.py": "import idp.crypto\n",
    "registry/planted.py": "import idp.cli\nimport authlib\n",
    "plugins/planted.py": "import idp.core\nimport idp.sdk.senders\n",
    "plugins/planted_too.py": "import idp.plugins.planted\n",
    "web/planted.py": "import joserfc\nimport rich\nimport idp.testing\n",
    "web/bloom/planted.py": "import idp.web.nodeloom\n",
    "web/planted_cycle.py": "import idp.web.planted_circle\n",
    "web/planted_circle.py": "import idp.web.planted_cycle\n",
    "drawer.py": "",
}
SEEN_BY_THE_RING = [
    "idp.core is not allowed to import idp.ports",
    "idp.ports is not allowed to import idp.sdk",
    "idp.sdk is not allowed to import idp.usecases",
    "idp.usecases is not allowed to import idp.web",
    "idp.storage is not allowed to import idp.crypto",
    "idp.registry is not allowed to import idp.cli",
    "idp.web is not allowed to import idp.testing",
    "drawer",
]


def contracts() -> list[str]:
    linter = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]
    return [contract["name"] for contract in linter["contracts"]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a copy in which everything forbidden was done."""
    top = tmp_path_factory.mktemp("ring")
    shutil.copytree(TOP / "idp", top / "idp", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TOP / "pyproject.toml", top)
    for path, source in PLANTED.items():
        (top / "idp" / path).write_text(source)
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=top, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("contract", contracts())
def test_each_contract_sees_its_breach(told: str, contract: str) -> None:
    assert f"{contract} BROKEN" in told


@pytest.mark.parametrize("breach", SEEN_BY_THE_RING)
def test_the_ring_sees_an_import_that_points_outward_or_sideways(told: str, breach: str) -> None:
    assert breach in told
