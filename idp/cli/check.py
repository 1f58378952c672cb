"""`idp check`: would it start?"""

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from idp.cli.answer import Answer
from idp.cli.verb import Verb

if TYPE_CHECKING:
    from idp.cli.chosen import Chosen


@click.command(
    cls=Verb,
    example="idp --config config.toml check\nidp check --calibrate --target 100\n"
    "idp check --profile fapi2 --client my-app",
)
@click.option("--calibrate", is_flag=True, help="Measure this machine, and propose what password hashes may cost.")
@click.option(
    "--target", default=100, show_default=True, type=click.IntRange(10, 5000), metavar="MS", help="A hash's time."
)
@click.option("--profile", type=click.Choice(["oauth21", "fapi2", "mcp"]), help="What is lacking for it.")
@click.option("--client", "client_id", metavar="ID", help="With --profile: of this client, by the database.")
def check(chosen: "Chosen", calibrate: bool, target: int, profile: str | None, client_id: str | None) -> Answer:
    """Check configuration, plugins, templates and master key. Makes nothing, changes nothing, connects to nothing.

    All mistakes are told at once, each with its key, the reason and the mend; the exit code is then 2. With --profile
    it is told what the configuration and its clients lack for that profile, each with the paragraph that demands it;
    the exit code is then 1, and 0 when nothing is lacking.
    """
    if calibrate:
        return _calibrated(timedelta(milliseconds=target))
    if client_id is not None and profile is None:
        raise click.UsageError("Give --profile beside --client.")
    if profile is not None:
        return _profile(chosen, profile, client_id)
    from idp.cli.examination import examine_all
    from idp.config.problem import ConfigurationRefused

    file = chosen.file()
    findings = examine_all(file)
    if findings.problems:
        raise ConfigurationRefused(findings.problems)
    data = {
        "ok": True,
        "file": str(file),
        "plugins": findings.plugins,
        "languages": findings.languages,
        "master_key": "found" if findings.has_master_key else "made at the first start",
        "pkce": "of every client"
        if findings.requires_pkce
        else "of public clients, and where client or profile says so",
        "warnings": [str(caution) for caution in findings.cautions],
    }
    return Answer(data=data, picture="".join(f"\nWARNING: {caution}" for caution in findings.cautions))


def _profile(chosen: "Chosen", profile: str, client_id: str | None) -> Answer:
    import asyncio

    from idp.cli.profile_check import check_client, check_profile
    from idp.cli.voice import Voice
    from idp.core.client import Profile

    settings = chosen.settings()
    if client_id is None:
        return check_profile(settings, Profile(profile))
    voice = Voice(as_json=True)
    return asyncio.run(check_client(settings, Profile(profile), client_id, voice))


def _calibrated(target: timedelta) -> Answer:
    from idp.crypto.calibration import calibrate as measure

    measured = measure(target)
    best = measured[-1].cost
    items = [
        {
            "memory_kib": one.cost.memory_kib,
            "iterations": one.cost.passes,
            "parallelism": one.cost.lanes,
            "milliseconds": round(one.took / timedelta(milliseconds=1), 1),
            "sign_ins_a_second_and_thread": round(one.hashes_a_second, 1),
        }
        for one in measured
    ]
    proposal = {"memory_kib": best.memory_kib, "iterations": best.passes, "parallelism": best.lanes}
    lines = ["[hashing]", *(f"{key} = {value}" for key, value in proposal.items())]
    return Answer(data={"items": items, "hashing": proposal}, picture="\n" + "\n".join(lines))
