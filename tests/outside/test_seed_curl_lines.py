"""The command lines of both contracts' own documents, as printed there, with the real curl, against the demo.

Changed are the address of the example server, and the examples' codes and tokens, which are read from the outbox.
"""

from pathlib import Path

import pytest

from tests.outside.shell import Answered, Shell, open_shell
from tests.running import Server

NODELOOM_LOGIN = r"""
curl -c cookies.txt -X POST https://your-nodeloom-instance.com/api/auth/login -H "Content-Type: application/json" -d '{"email":"jane@example.com","password":"securepassword123"}'
"""  # noqa: E501 - as printed

LOGIN = r"""
curl -X POST http://localhost:3100/auth/login \
-H 'Content-Type: application/json' \
-c cookies.txt \
-d '{"email": "user@example.com", "password": "yourpassword"}'
"""

PROFILE = r"""
curl http://localhost:3100/user \
-b cookies.txt
"""

REQUEST_MFA_CODE = r"""
curl -X POST http://localhost:3100/auth/request-mfa-code \
-H 'Content-Type: application/json' \
-d '{"email": "user@example.com", "password": "yourpassword", "mfaType": "email"}'
"""

LOGIN_WITH_MFA_CODE = r"""
curl -X POST http://localhost:3100/auth/login \
-H 'Content-Type: application/json' \
-c cookies.txt \
-d '{"email": "user@example.com", "password": "yourpassword", "mfaCode": "123456"}'
"""

REQUEST_SINGLE_USE_CODE = r"""
# Request a single-use code
curl -X POST http://localhost:3100/user/request-single-use-code \
-H 'Content-Type: application/json' \
-d '{"email": "user@example.com"}'
"""

LOGIN_WITH_SINGLE_USE_CODE = r"""
# Log in using the code
curl -X POST http://localhost:3100/auth/loginViaSingleUseCode \
-H 'Content-Type: application/json' \
-c cookies.txt \
-d '{"email": "user@example.com", "singleUseCode": "123456"}'
"""

REQUEST_NEW_TOKEN = r"""
curl -X GET http://localhost:3100/auth/requestNewToken \
-b cookies.txt \
-c cookies.txt
"""

LOGOUT = r"""
curl -X GET http://localhost:3100/auth/logout \
-b cookies.txt \
-c cookies.txt
"""

CONFIRM = r"""
curl -X PUT http://localhost:3100/auth/confirm \
-H 'Content-Type: application/json' \
-d '{"token": "<confirmation-token-from-email>"}'
"""

FORGOT_PASSWORD = r"""
curl -X PUT http://localhost:3100/user/forgot-password \
-H 'Content-Type: application/json' \
-d '{"email": "user@example.com", "appUrl": "https://yourapp.example.com"}'
"""

UPDATE_PASSWORD = r"""
curl -X PUT http://localhost:3100/auth/update-password \
-H 'Content-Type: application/json' \
-c cookies.txt \
-d '{"token": "<reset-token>", "password": "newpassword", "passwordConfirmation": "newpassword"}'
"""

# The documents describe these without a command line.
NODELOOM_COMMAND = "curl -b cookies.txt -c cookies.txt -X POST https://your-nodeloom-instance.com/api/auth/{command}"
RESEND_CONFIRMATION = """curl -X POST http://localhost:3100/user/resendConfirmation \
-H 'Content-Type: application/json' -d '{"email": "nora@example.com", "appUrl": "https://yourapp.example.com"}'"""

EXAMPLE_ADDRESSES = ("https://your-nodeloom-instance.com", "http://localhost:3100")
EXAMPLES = {"code": "123456", "confirmation": "<confirmation-token-from-email>", "reset": "<reset-token>"}

USER = "user@example.com"
MFA_USER = "mfa@example.com"
SUCCESS = {"success": True}
BLOOM_COOKIES = {"access-token", "refresh-token", "access-token-available"}


@pytest.fixture
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return open_shell(tmp_path_factory.mktemp("shell"))


class Client:
    """Somebody who copies lines from a document."""

    def __init__(self, shell: Shell, server: Server) -> None:
        self.shell, self.server = shell, server

    def copies(self, line: str, **real: str) -> Answered:
        """`real`: what stands for an example's code or token, which is named in the line."""
        for address in EXAMPLE_ADDRESSES:
            line = line.replace(address, self.server.url)
        for name, value in real.items():
            assert EXAMPLES[name] in line
            line = line.replace(EXAMPLES[name], value)
        return self.shell.run(line)

    def cookies(self) -> dict[str, str]:
        return self.shell.cookies()


@pytest.fixture
def client(shell: Shell, demo: Server) -> Client:
    return Client(shell, demo)


@pytest.fixture
def fresh_client(shell: Shell, fresh_demo: Server) -> Client:
    """On a demo of its own, for what changes an account for good."""
    return Client(shell, fresh_demo)


def test_nodeloom_login_answers_with_the_user_and_one_cookie(client: Client) -> None:
    answer = client.copies(NODELOOM_LOGIN)

    assert answer.status == 200
    assert answer.body["id"]
    (team,) = answer.body["teams"]
    assert team.pop("teamId")
    assert answer.body | {"id": ""} == {
        "id": "",
        "firstName": "Jane",
        "lastName": "Doe",
        "email": "jane@example.com",
        "teams": [{"teamName": "My Team", "role": "ADMIN"}],
    }
    assert set(client.cookies()) == {"token"}
    assert "#HttpOnly_localhost" in (client.shell.folder / "cookies.txt").read_text()


def test_nodeloom_refresh_replaces_the_cookie(client: Client) -> None:
    client.copies(NODELOOM_LOGIN)
    first = client.cookies()["token"]

    answer = client.copies(NODELOOM_COMMAND.format(command="refresh"))

    assert (answer.status, answer.body) == (200, {"message": "Token refreshed successfully"})
    assert client.cookies()["token"] != first


def test_nodeloom_logout_clears_the_cookie_and_ends_the_session(client: Client) -> None:
    client.copies(NODELOOM_LOGIN)
    kept = (client.shell.folder / "cookies.txt").read_text()

    answer = client.copies(NODELOOM_COMMAND.format(command="logout"))

    assert (answer.status, answer.body) == (200, {"message": "Logged out successfully"})
    assert client.shell.cleared() == {"token"}
    (client.shell.folder / "cookies.txt").write_text(kept)
    assert client.copies(NODELOOM_COMMAND.format(command="refresh")).status == 401


def test_bloom_login_sets_its_cookies_which_open_the_profile(client: Client) -> None:
    login = client.copies(LOGIN)
    profile = client.copies(PROFILE)

    assert (login.status, login.body) == (201, SUCCESS)
    assert set(client.cookies()) == BLOOM_COOKIES
    assert (profile.status, profile.body["email"]) == (200, USER)


def test_bloom_mfa_code_comes_by_mail_and_signs_in(client: Client) -> None:
    requested = client.copies(REQUEST_MFA_CODE)
    code = client.server.message(USER).data["code"]

    login = client.copies(LOGIN_WITH_MFA_CODE, code=code)

    assert (requested.status, requested.body["email"]) == (201, USER)
    assert (login.status, login.body) == (201, SUCCESS)
    assert client.copies(PROFILE).status == 200


def test_bloom_mfa_code_is_demanded_of_an_account_that_has_a_second_factor(client: Client) -> None:
    """The same lines, by the demo's account that needs one."""
    login, request, login_with_code = (
        line.replace(USER, MFA_USER) for line in (LOGIN, REQUEST_MFA_CODE, LOGIN_WITH_MFA_CODE)
    )
    without = client.copies(login)
    client.copies(request)
    code = client.server.message(MFA_USER).data["code"]
    wrong = client.copies(login_with_code, code=f"{(int(code) + 1) % 1_000_000:06}")

    assert (without.status, without.body) == (401, {"name": "mfaCodeIsMissing"})
    assert (wrong.status, wrong.body["message"]) == (401, "mfaUnauthorized")
    assert client.copies(login_with_code, code=code).status == 201


def test_bloom_single_use_code_comes_by_mail_and_signs_in_once(fresh_client: Client) -> None:
    requested = fresh_client.copies(REQUEST_SINGLE_USE_CODE)
    code = fresh_client.server.message(USER).data["code"]

    login = fresh_client.copies(LOGIN_WITH_SINGLE_USE_CODE, code=code)

    assert (requested.status, requested.body) == (201, SUCCESS)
    assert (login.status, login.body) == (201, SUCCESS)
    assert fresh_client.copies(PROFILE).body["email"] == USER
    assert fresh_client.copies(LOGIN_WITH_SINGLE_USE_CODE, code=code).status == 401


def test_bloom_refresh_gives_a_new_access_token(client: Client) -> None:
    client.copies(LOGIN)
    first = client.cookies()

    answer = client.copies(REQUEST_NEW_TOKEN)

    assert (answer.status, answer.body) == (200, SUCCESS)
    assert client.cookies()["access-token"] != first["access-token"]
    assert client.copies(PROFILE).status == 200


def test_bloom_refresh_without_a_refresh_token_is_a_bad_request(client: Client) -> None:
    assert client.copies(REQUEST_NEW_TOKEN).status == 400


def test_bloom_logout_clears_the_cookies_and_ends_the_session(client: Client) -> None:
    client.copies(LOGIN)
    kept = (client.shell.folder / "cookies.txt").read_text()

    answer = client.copies(LOGOUT)

    assert (answer.status, answer.body) == (200, SUCCESS)
    assert client.shell.cleared() == BLOOM_COOKIES
    (client.shell.folder / "cookies.txt").write_text(kept)
    assert client.copies(PROFILE).status == 401
    assert client.copies(LOGOUT).status == 401


@pytest.mark.parametrize("mail", [1, 2])
def test_bloom_registration_is_confirmed_by_the_token_of_a_mail(client: Client, mail: int) -> None:
    """Of the first, or of the one that `resendConfirmation` asks for."""
    email, password = f"nora-{mail}@example.com", "correct horse battery"
    login = LOGIN.replace(USER, email).replace("yourpassword", password)
    with client.server.browser() as browser:
        wanted = {"email": email, "password": password, "firstName": "Nora", "lastName": "Novak"}
        browser.post("/user/public", json=wanted).raise_for_status()
    client.server.message(email)
    assert client.copies(login).status == 401
    if mail == 2:
        resent = client.copies(RESEND_CONFIRMATION.replace("nora@example.com", email))
        assert (resent.status, resent.body) == (201, SUCCESS)

    confirmed = client.copies(CONFIRM, confirmation=client.server.message(email, count=mail).data["token"])

    assert (confirmed.status, confirmed.body) == (200, SUCCESS)
    assert client.copies(login).status == 201


def test_bloom_reset_by_mail_sets_the_password_and_signs_in(fresh_client: Client) -> None:
    asked = fresh_client.copies(FORGOT_PASSWORD)
    mail = fresh_client.server.message(USER)

    updated = fresh_client.copies(UPDATE_PASSWORD, reset=mail.data["token"])

    assert (asked.status, asked.body) == (200, SUCCESS)
    assert mail.data["link"].startswith("https://yourapp.example.com/")
    assert (updated.status, updated.body) == (200, SUCCESS)
    assert set(fresh_client.cookies()) == BLOOM_COOKIES
    assert fresh_client.copies(PROFILE).body["email"] == USER
    assert fresh_client.copies(LOGIN).status == 401
    assert fresh_client.copies(LOGIN.replace("yourpassword", "newpassword")).status == 201


def test_the_lines_of_the_banner_work_as_printed(client: Client, tmp_path: Path) -> None:
    printed = client.server.log.read_text()
    lines = [line.strip() for line in printed.splitlines() if line.startswith("  curl ")]

    assert [client.shell.run(line).status for line in lines] == [200, 201, 200]
    assert str(client.server.outbox) in printed
