"""The guarded fetcher on real sockets: what it sends out, and what it lets in (threat row 102)."""

import asyncio
import socket
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_network
from threading import Event

import pytest

from idp.fetch.exchange import LARGEST
from idp.fetch.target import Gate, resolve_by_system
from idp.ports.oauth import FetchRefused
from tests.oidc.fetching import HERE, JSON, Make, Written, refused, resolving
from tests.oidc.site import Page, Site, site


async def test_what_an_opened_network_serves_by_tls_is_fetched(there: Site, make: Make) -> None:
    there.pages["/jwks.json"] = Page(b'{"keys": []}', "application/json; charset=utf-8")

    fetched = await make().get(there.url("/jwks.json"), accept="application/jwk-set+json, application/json")

    assert (fetched.body, fetched.media_type) == (b'{"keys": []}', JSON)


async def test_the_request_names_the_host_and_nothing_of_ours(there: Site, make: Make) -> None:
    there.pages["/list?a=1"] = Page()

    await make().get(there.url("/list?a=1#fragment"), accept=JSON)

    line, *headers = there.asked[0].strip().split("\r\n")
    assert line == "GET /list?a=1 HTTP/1.1"
    assert f"host: localhost:{there.port}" in [header.lower() for header in headers]
    assert not any(header.lower().startswith(("cookie", "authorization", "referer")) for header in headers)


async def test_loopback_is_closed_unless_the_operator_opens_it(there: Site, make: Make) -> None:
    there.pages["/"] = Page()

    said = await refused(make(gate=Gate()), there.url("/"))

    assert "not to be dialled" in said
    assert there.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "[::1]", "[::]"])
async def test_no_spelling_of_loopback_gets_through(make: Make, host: str) -> None:
    """What counts is where the system would dial, not how it is written."""
    said = await refused(make(gate=Gate()), f"https://{host}/")

    assert "not to be dialled" in said or "does not resolve" in said


async def test_what_was_checked_is_what_is_dialled(there: Site, make: Make) -> None:
    """DNS rebinding: the name answers once with an opened address, and with another ever after."""
    there.pages["/"] = Page()
    fetcher = make(resolve=resolving(["127.0.0.1"], ["127.0.0.2"]), gate=Gate(networks=[ip_network("127.0.0.1")]))

    await fetcher.get(there.url("/", "rp.test"), accept=JSON)
    said = await refused(fetcher, there.url("/?again", "rp.test"))

    assert "not to be dialled" in said
    assert len(there.asked) == 1


async def test_a_name_with_one_bad_address_is_bad(there: Site, make: Make) -> None:
    """Else whoever answers for the name lets the dice roll."""
    there.pages["/"] = Page()
    fetcher = make(resolve=resolving(["127.0.0.1", "10.0.0.1"]))

    assert "not to be dialled" in await refused(fetcher, there.url("/", "rp.test"))


async def test_the_next_address_is_tried_where_nobody_listens(there: Site, make: Make) -> None:
    there.pages["/"] = Page()
    fetcher = make(resolve=resolving(["127.0.0.9", "127.0.0.1"]))

    assert (await fetcher.get(there.url("/", "rp.test"), accept=JSON)).body == b"{}"


async def test_who_answers_nonsense_is_not_asked_at_the_next_address(there: Site, make: Make) -> None:
    there.pages["/"] = Page(status="nonsense")
    fetcher = make(resolve=resolving(["127.0.0.1", "127.0.0.1"]))

    assert "could not be asked" in await refused(fetcher, there.url("/", "rp.test"))
    assert len(there.asked) == 1


async def test_a_name_that_nobody_knows_is_refused(make: Make) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such name")

    assert "does not resolve" in await refused(make(resolve=resolve), "https://rp.test/")
    assert "not to be dialled" in await refused(make(resolve=resolving([])), "https://rp.test/")


async def test_the_certificate_must_name_the_host(there: Site, make: Make) -> None:
    there.pages["/"] = Page()
    fetcher = make(resolve=resolving(["127.0.0.1"]))

    assert "could not be asked" in await refused(fetcher, there.url("/", "other.test"))
    assert there.asked == []


async def test_an_unknown_authority_is_not_trusted(there: Site, make: Make) -> None:
    there.pages["/"] = Page()

    assert "could not be asked" in await refused(make(ca_bundle=None), there.url("/"))


async def test_plain_http_is_for_opened_networks_of_a_loopback_issuer(make: Make) -> None:
    async with site(tls=False) as plain:
        plain.pages["/"] = Page()
        development = make(gate=Gate(networks=HERE, plain_http=True))

        assert (await development.get(plain.url("/"), accept=JSON)).body == b"{}"
        assert "https" in await refused(make(), plain.url("/"))
        public = make(gate=Gate(networks=HERE, plain_http=True), resolve=resolving(["8.8.8.8"]))
        assert "https" in await refused(public, plain.url("/"))


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_no_redirect_is_followed(there: Site, make: Make, status: str) -> None:
    """Keycloak CVE-2026-4366."""
    there.pages["/"] = Page(status=status, headers=("location: /inside",))
    there.pages["/inside"] = Page()

    assert status[:3] in await refused(make(), there.url("/"))
    assert len(there.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "ftp://rp.test/",
        "file:///etc/passwd",
        "gopher://rp.test/",
        "https://user@rp.test/",
        "https://rp.test@localhost/",
        "https:///nowhere",
        "https://rp.test\\@localhost/",
        "https://rp.test/a b",
        "https://rp.test/\r\nx: y",
        "https://rp.test:99999/",
        "https://[::1/",
        "https://exämple.test/",
        "https://rp.test/" + "x" * 2048,
    ],
)
async def test_what_is_no_plain_https_address_is_not_even_resolved(make: Make, url: str) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError("asked")

    assert "the address is" in await refused(make(resolve=resolve), url)


async def test_an_answer_is_cut_at_64_kib_while_it_comes(there: Site, make: Make) -> None:
    there.pages["/endless"] = Page(endless=True)
    there.pages["/fits"] = Page(b" " * LARGEST)
    there.pages["/over"] = Page(b" " * (LARGEST + 1))
    fetcher = make()

    assert "64 KiB" in await refused(fetcher, there.url("/endless"))
    assert "64 KiB" in await refused(fetcher, there.url("/over"))
    assert len((await fetcher.get(there.url("/fits"), accept=JSON)).body) == LARGEST


async def test_a_compressed_answer_is_not_unpacked(there: Site, make: Make) -> None:
    there.pages["/"] = Page(headers=("content-encoding: gzip",))

    assert "compressed" in await refused(make(), there.url("/"))


async def test_an_answer_that_drips_is_given_up(there: Site, make: Make) -> None:
    """Each byte comes in time, all of them do not: the bound is over the whole."""
    there.pages["/"] = Page(b"{" + b" " * 200 + b"}", delay=0.02)

    assert "took longer" in await refused(make(timeout=timedelta(milliseconds=300)), there.url("/"))


async def test_a_name_server_that_does_not_answer_is_given_up(make: Make) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    fetcher = make(resolve=resolve, timeout=timedelta(milliseconds=50))

    assert "took longer" in await refused(fetcher, "https://rp.test/")


@pytest.mark.parametrize("media_type", ["text/html", "image/png", "", "application/jsonx"])
async def test_another_media_type_is_refused(there: Site, make: Make, media_type: str) -> None:
    """Nobody's wiki page becomes a key set."""
    there.pages["/"] = Page(media_type=media_type)

    assert "media type" in await refused(make(), there.url("/"))


async def test_slow_name_servers_hold_up_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are looked up on threads of their own: the rest of the server shares a few."""
    asked, answer = Event(), Event()

    def slow(*_: object, **__: object) -> list[object]:
        asked.set()
        answer.wait(5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    looks = [asyncio.create_task(resolve_by_system("slow.example", 443)) for _ in range(40)]
    try:
        await asyncio.to_thread(asked.wait, 5)
        async with asyncio.timeout(2):
            assert await asyncio.to_thread(lambda: "done") == "done"
    finally:
        answer.set()
        await asyncio.gather(*looks)


async def test_a_form_is_posted_and_its_status_told(there: Site, make: Make) -> None:
    """OIDC Back-Channel Logout §2.5; a redirect is told like any status, and not followed."""
    there.pages["/logout"] = Page(status="302 Found", headers=("location: /x",))

    assert await make().post_form(there.url("/logout"), {"logout_token": "a.b.c"}) == 302
    assert there.asked[0].endswith("logout_token=a.b.c")
    with pytest.raises(FetchRefused):
        await make(gate=Gate()).post_form(there.url("/logout"), {})


async def test_proxies_of_the_environment_are_not_used(
    there: Site, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would resolve the name again, and dial what it likes."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    there.pages["/"] = Page()

    assert (await make().get(there.url("/"), accept=JSON)).body == b"{}"


async def test_the_log_tells_the_host_and_the_reason_and_no_address_in_full(
    there: Site, make: Make, log: Written
) -> None:
    await refused(make(), there.url("/secret-path?token=1"))

    assert log.lines == [{"event": "fetch.refused", "host": "localhost", "reason": "answered with status 404"}]


async def test_an_end_ends_what_is_under_way(there: Site, make: Make) -> None:
    there.pages["/"] = Page(b"{}", delay=5)
    fetcher = make()
    waiting = asyncio.create_task(fetcher.get(there.url("/"), accept=JSON))
    await asyncio.sleep(0.05)

    await fetcher.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_the_system_knows_localhost() -> None:
    assert "127.0.0.1" in await resolve_by_system("localhost", 443)
