"""What is done in one place."""

import pytest

from tests.house import doors
from tests.house.project import ModuleRule, assert_kept, planted

RULES = [
    doors.cookies_are_set_in_one_place,
    doors.the_request_tells_no_address,
    doors.tokens_are_read_in_one_place,
    doors.sessions_are_opened_in_one_place,
    doors.sessions_are_ended_in_one_place,
    doors.prints_nothing,
]

SEEN: list[tuple[ModuleRule, str]] = [
    (doors.cookies_are_set_in_one_place, 'response.set_cookie("a", "b")'),
    (doors.cookies_are_set_in_one_place, 'response.delete_cookie("a")'),
    (doors.cookies_are_set_in_one_place, 'headers["Set-Cookie"] = "a=b"'),
    (doors.cookies_are_set_in_one_place, 'headers.append((b"set-cookie", b"a=b"))'),
    (doors.the_request_tells_no_address, "link = request.base_url"),
    (doors.the_request_tells_no_address, "if request.url.path: ..."),
    (doors.the_request_tells_no_address, "address = self.request.client.host"),
    (doors.the_request_tells_no_address, 'host = request.headers["Host"]'),
    (doors.the_request_tells_no_address, 'host = headers.get("host", "")'),
    (doors.the_request_tells_no_address, 'ip = request.headers.get("X-Forwarded-For")'),
    (doors.the_request_tells_no_address, 'peer = scope["client"]'),
    (doors.the_request_tells_no_address, 'peer = request.scope.get("client")'),
    (doors.tokens_are_read_in_one_place, "jwt.decode(token, key)"),
    (doors.tokens_are_read_in_one_place, "joserfc.jws.deserialize_compact(token, key)"),
    (doors.tokens_are_read_in_one_place, "jwt.get_unverified_header(token)"),
    (doors.sessions_are_opened_in_one_place, "work.sessions.open(session)"),
    (doors.sessions_are_ended_in_one_place, "work.sessions.revoke(session.id, now)"),
    (doors.sessions_are_ended_in_one_place, "self.work.sessions.revoke_all(account.id, now)"),
    (doors.prints_nothing, 'print("hello")'),
]

UNSEEN: list[tuple[ModuleRule, str, str]] = [
    (doors.cookies_are_set_in_one_place, doors.COOKIES, 'response.set_cookie("a", "b")'),
    (doors.the_request_tells_no_address, "idp/web/middleware/net.py", 'scope["client"]\nrequest.url'),
    (doors.the_request_tells_no_address, "idp/web/planted.py", 'scope["path"]\nsettings.client\nissuer.url'),
    (doors.tokens_are_read_in_one_place, "idp/crypto/tokens.py", "jwt.decode(token, key)"),
    (doors.tokens_are_read_in_one_place, "idp/web/planted.py", "line.decode()\nverifier.verify(token)"),
    (doors.sessions_are_opened_in_one_place, doors.SIGN_IN, "work.sessions.open(session)"),
    (doors.sessions_are_opened_in_one_place, "idp/web/planted.py", "path.open()"),
    (doors.sessions_are_ended_in_one_place, doors.ENDINGS, "work.sessions.revoke(session.id, now)"),
    (doors.sessions_are_ended_in_one_place, "idp/web/planted.py", "endings.one(work)\nwork.oauth.grants.revoke(1)"),
    (doors.prints_nothing, "idp/cli/user.py", "print(1)"),
]


@pytest.mark.parametrize("rule", RULES)
def test_each_door_is_the_only_one(rule: ModuleRule) -> None:
    assert_kept(rule, "idp/")


@pytest.mark.parametrize(("rule", "source"), SEEN)
def test_a_second_door_is_seen(rule: ModuleRule, source: str) -> None:
    assert len(list(rule(planted(source)))) == 1


@pytest.mark.parametrize(("rule", "path", "source"), UNSEEN)
def test_the_door_itself_is_open(rule: ModuleRule, path: str, source: str) -> None:
    assert not list(rule(planted(source, path)))


def test_every_rule_is_shown_a_breach() -> None:
    assert {rule for rule, _ in SEEN} == set(RULES)
