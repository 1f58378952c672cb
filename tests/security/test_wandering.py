"""Whoever goes back, sends a form twice or brings what is another browser's gets no code that is not theirs.

Rows 9, 15, 51, 55, 93, 95; what they do is drawn by chance that is the same in every run.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.core.client import ClientTerms
from idp.testing.provider import TestProvider, provider_at
from tests.oidc.asking import add_client
from tests.security.acts import CHEAPEST, ENGLISH
from tests.security.wandering import ASKS, TRUSTED, Seat, Wandering

PATIENT: dict[str, Any] = {
    "throttle": {"sources": "1000000/1m", "requests": "1000000/1m", "messages": "1000000/1m"},
    "lockout": {"failed_attempts": 100},
}
Steps = list[tuple[str, int, int, int]]
ACTS = [*["follow"] * 4, *["send"] * 5, *["ask"] * 2, "twice", "open", "open", "login"]
NUMBERS = st.integers(0, 2) | st.integers(0, 999)
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3), NUMBERS, NUMBERS), min_size=40, max_size=60)


@pytest.fixture(scope="module")
async def patient(
    anyio_backend: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TestProvider]:
    folder = tmp_path_factory.mktemp("wandering")
    async with provider_at(folder, template=template, messages=ENGLISH, hashing=CHEAPEST, **PATIENT) as idp:
        await add_client(idp, ASKS, terms=ClientTerms(skip_consent=False))
        await add_client(idp, TRUSTED)
        yield idp


async def wander(idp: TestProvider, steps: Steps) -> Wandering:
    """With people whom nobody has seen before. Of four times one browser has three: things come to an end so."""
    name = idp.provider.ambient.entropy.id()
    first = await idp.add_account(f"first-{name}@example.com")
    second = await idp.add_account(f"second-{name}@example.com")
    await idp.enrol(first, "email")
    async with AsyncExitStack() as stack:
        browsers = [await stack.enter_async_context(idp.browser()) for _ in range(2)]
        seats = (Seat(browsers[0]), Seat(browsers[1]))
        wandering = Wandering(idp, first, second, seats)
        for act, seat, one, other in steps:
            await wandering.step(act, seats[seat == 0], one, other)
    return wandering


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(steps=steps)
async def test_nobody_gets_a_code_who_did_not_sign_in_and_agree_in_that_browser(
    patient: TestProvider, steps: Steps
) -> None:
    await wander(patient, steps)


@pytest.mark.parametrize("account", [0, 1], ids=["two proofs", "one"])
async def test_who_does_one_thing_after_the_other_gets_it(patient: TestProvider, account: int) -> None:
    """Else the other test would show nothing."""
    ask, follow = ("ask", 1, 0, 0), ("follow", 1, 0, 0)
    proofs = [("send", 1, 0, account), follow, ("send", 1, 0, 1)][: 3 - 2 * account]

    wandering = await wander(patient, [ask, follow, *proofs, follow, follow, ("send", 1, 0, 1), follow])

    assert len(wandering.answered) == len(wandering.allowed) == 1
