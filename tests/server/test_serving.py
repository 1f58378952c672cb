"""`idp serve`, from outside: what it prints, what it answers, what it does not."""

import json
import resource
import socket

import pytest

from tests.server.echo import Line
from tests.server.process import Idp

MANY = 1000
JANE = ("jane@example.com", "securepassword123")
HOST = b"Host: localhost\r\n"


@pytest.fixture
def many_files() -> None:
    """As many connections as the test opens, in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, MANY + 200)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def test_the_banner_holds_what_one_needs_to_begin(demo: Idp) -> None:
    assert "jane@example.com  securepassword123" in demo.told
    assert "user@example.com  yourpassword" in demo.told
    assert demo.told.count("  curl ") == 3
    assert f"http://localhost:{demo.port}/" in demo.told
    assert str(demo.folder / "var" / "outbox") in demo.told


def test_the_banner_has_no_colours_in_a_pipe(demo: Idp) -> None:
    assert "\x1b" not in demo.told


def test_the_log_is_json_line_by_line(demo: Idp) -> None:
    _, headers, _ = demo.ask("GET", "/health/live")

    line = demo.line_of(headers["x-request-id"])

    (started,) = demo.logged("server.started")
    assert (line["route"], line["status"]) == ("/health/live", 200)
    assert started["addresses"] == [f"127.0.0.1:{demo.port}"]
    assert all({"ts", "level", "event", "subject"} <= set(line) for line in demo.logged())


def test_no_secret_of_a_sign_in_is_logged(demo: Idp) -> None:
    """Threat rows 63, 133."""
    cookies = demo.cookies("/auth/login", *JANE)
    _, headers, _ = demo.ask("POST", "/auth/login", {"email": JANE[0], "password": "not-her-password"})
    demo.line_of(headers["x-request-id"])

    log = (demo.folder / "log").read_text()

    assert "securepassword123" not in log
    assert "not-her-password" not in log
    assert not any(cookie.partition("=")[2] in log for cookie in cookies.split("; ") if len(cookie) > 40)


def test_the_server_does_not_name_its_make(demo: Idp) -> None:
    _, headers, _ = demo.ask("GET", "/health/live")

    assert "server" not in headers
    assert "date" in headers


def test_head_does_not_sign_out(demo: Idp) -> None:
    """Threat row 8: Starlette alone runs the GET handler for HEAD."""
    cookies = demo.cookies("/auth/login", *JANE)

    status, _, _ = demo.ask("HEAD", "/auth/logout", cookie=cookies)

    assert status == 404
    assert demo.ask("GET", "/user", cookie=cookies)[0] == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/auth/login"), ("DELETE", "/api/auth/login"), ("TRACE", "/user")]
)
def test_a_wrong_method_is_not_found(demo: Idp, method: str, path: str) -> None:
    assert demo.ask(method, path)[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "localhost"])
def test_nothing_redirects_to_where_a_header_points(demo: Idp, host: str) -> None:
    """Threat row 14: `POST /auth/login/` with `Host: evil` was a redirect to evil, with the credentials."""
    status, headers, body = demo.ask("POST", "/api/auth/login/", {"email": "a@b.c", "password": "x"}, host=host)

    assert not 300 <= status < 400
    assert "location" not in headers
    assert b"evil" not in body


def test_the_proxys_header_is_not_believed_from_anybody(demo: Idp) -> None:
    forwarded = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"}
    _, headers, _ = demo.ask("GET", "/health/live", **forwarded)

    assert demo.line_of(headers["x-request-id"])["address"] == "127.0.0.1"


def test_a_head_that_trickles_in_is_cut(demo: Idp) -> None:
    """Threat row 136."""
    with Line(demo.port) as line:
        assert not line.trickle(b"GET /health/live HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 500, pause_seconds=0.02)
        answer = line.answer()

    assert answer is not None
    assert answer.status == 408


def test_smuggling_is_refused(demo: Idp) -> None:
    """Threat row 112."""
    request = (
        b"POST /auth/login HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    )
    with Line(demo.port, request + b"GET /user HTTP/1.1\r\n" + HOST + b"\r\n") as line:
        assert [answer.status for answer in line.answers()] == [400]


def test_a_thousand_idle_connections_are_in_nobodys_way(demo: Idp, many_files: None) -> None:
    request = b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n"
    lines = [socket.create_connection(("127.0.0.1", demo.port)) for _ in range(MANY)]
    for line in lines:
        line.sendall(request)
    answered = sum(line.recv(12) == b"HTTP/1.1 200" for line in lines)

    status, _, body = demo.ask("GET", "/health/ready")

    assert answered == MANY
    assert (status, json.loads(body)) == (200, {"status": "ok"})
    for line in lines:
        line.close()
