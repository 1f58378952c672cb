"""Many open a new file at once."""

import asyncio
from pathlib import Path

from idp.storage import current, upgrade


async def test_upgrades_of_a_new_file_at_once_all_succeed_and_one_does_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'idp.db'}"

    applied = await asyncio.gather(*(upgrade(url) for _ in range(8)))

    assert sum(bool(revisions) for revisions in applied) == 1
    assert await current(url) is not None
