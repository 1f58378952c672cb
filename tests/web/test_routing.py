"""Routes that are made after the start: by the first request for one of them, once."""

import asyncio
from collections.abc import Sequence

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from idp.core.errors import StorageUnavailable
from idp.web.fallback import not_found
from idp.web.routing import Route, Routing


async def _hello(_: Request) -> Response:
    return PlainTextResponse("hello")


class Late:
    """Makes one route, once it is let."""

    def __init__(self, *accidents: Exception) -> None:
        self.made = 0
        self.begun = asyncio.Event()
        self.let = asyncio.Event()
        self._accidents = list(accidents)

    async def __call__(self) -> Sequence[Route]:
        self.made += 1
        self.begun.set()
        await self.let.wait()
        if self._accidents:
            raise self._accidents.pop()
        return [Route(method="GET", path="/late", endpoint=_hello)]


def browser(late: Late) -> httpx2.AsyncClient:
    routing = Routing(not_found, late)
    routing.add([Route(method="GET", path="/early", endpoint=_hello)])
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=routing), base_url="http://localhost")


async def many(client: httpx2.AsyncClient, path: str, late: Late) -> list[int]:
    """The statuses of ten who ask while the routes are being made."""
    asking = [asyncio.create_task(client.get(path)) for _ in range(10)]
    await late.begun.wait()
    assert (await client.get("/early")).status_code == 200
    late.let.set()
    return [answer.status_code for answer in await asyncio.gather(*asking)]


async def test_all_who_ask_meanwhile_wait_for_one_making() -> None:
    late = Late()
    async with browser(late) as client:
        assert await many(client, "/late", late) == [200] * 10
        assert (await client.get("/nowhere")).status_code == 404
    assert late.made == 1


@pytest.mark.parametrize("path", ["/late", "/nowhere"])
async def test_without_a_database_all_are_told_at_once_and_the_next_tries_again(path: str) -> None:
    """None of them waits for the tries of the others; 503, since what they ask for may be there."""
    late = Late(StorageUnavailable("away"))
    async with browser(late) as client:
        assert await many(client, path, late) == [503] * 10
        assert late.made == 1
        assert (await client.get("/late")).status_code == 200


async def test_who_goes_away_takes_the_making_from_nobody() -> None:
    late = Late()
    async with browser(late) as client:
        impatient = asyncio.create_task(client.get("/late"))
        await late.begun.wait()
        impatient.cancel()

        assert await many(client, "/late", late) == [200] * 10
    assert late.made == 1


async def test_a_mistake_of_ours_is_no_absence() -> None:
    """It goes on to whoever logs it, and the routes are tried again."""
    late = Late(ValueError("claimed twice"))
    late.let.set()
    async with browser(late) as client:
        with pytest.raises(ValueError, match="claimed"):
            await client.get("/late")
        assert (await client.get("/late")).status_code == 200
