"""`idp user import`: other systems' accounts, with the hashes of their passwords."""

import base64
import hashlib
import json
import signal
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from argon2 import PasswordHasher
from jsonschema import Draft202012Validator

from idp.core.errors import BadCredentials, NotConfirmed
from idp.core.ids import AccountId
from idp.ports.storage import Credential
from idp.usecases.accounts.import_accounts import BATCH
from idp.usecases.accounts.import_line import LONGEST_LINE, import_schema
from idp.usecases.signin.outcome import SecondFactorNeeded, SignedIn
from tests.cli.command_line import PASSWORD, CommandLine, sign_in

TOP = Path(__file__).parents[2]
EXAMPLE, DOCUMENTATION = TOP / "examples" / "import.jsonl", TOP / "docs" / "import.md"


def line(number: int = 0, **fields: Any) -> dict[str, Any]:
    """Somebody's line; a field that is None is left out."""
    usual = {
        "email": f"user{number}@example.com",
        "firstName": "Jane",
        "lastName": "Doe",
        "confirmedAt": "2024-05-01T10:00:00Z",
    }
    return {name: value for name, value in {**usual, **fields}.items() if value is not None}


def jsonl(lines: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(one) + "\n" for one in lines)


def argon2() -> str:
    return PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)


def bcrypted() -> str:
    return bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


def blooms_scrypt() -> str:
    salt = bytes(range(64))
    derived = hashlib.scrypt(PASSWORD.encode(), salt=salt, n=2**14, r=8, p=1, maxmem=2**26, dklen=64)
    return f"{salt.hex()}#{derived.hex()}"


def djangos_pbkdf2() -> str:
    derived = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"saltsalt", 1000)
    return f"pbkdf2_sha256$1000$saltsalt${base64.b64encode(derived).decode()}"


@pytest.mark.parametrize("hashed", [argon2, bcrypted, blooms_scrypt, djangos_pbkdf2])
async def test_the_old_password_signs_in_and_its_hash_is_renewed_by_that(idp: CommandLine, hashed: Any) -> None:
    encoded = hashed()
    (idp.folder / "in.jsonl").write_text(jsonl([line(passwordHash=encoded)]))
    done = await idp.beside("user", "import", str(idp.folder / "in.jsonl"))

    async with idp.server() as server:

        async def kept() -> Credential | None:
            return await server.store.read(lambda work: work.credentials.get(account_id, "password"))

        account_id = AccountId((await idp.beside("user", "list"))["items"][0]["id"])
        before = await kept()
        with pytest.raises(BadCredentials):
            await sign_in(server, "user0@example.com", "wrong")
        unchanged = await kept()
        signed_in = await sign_in(server, "user0@example.com")
        renewed = await kept()
        again = await sign_in(server, "user0@example.com")

    assert done == {"imported": 1, "skipped": 0, "refused": []}
    assert before is not None
    assert before.data == encoded.encode()
    assert unchanged == before
    assert isinstance(signed_in, SignedIn)
    assert renewed is not None
    assert renewed.data.startswith(b"$argon2id$v=19$m=19456,t=2,p=1$")
    assert isinstance(again, SignedIn)


def test_everything_that_bloom_knows_comes_along(idp: CommandLine) -> None:
    """bloom.md §13, item 13."""
    one = line(
        id="8a1f9e2c-0b7d-4a55-9f0e-3a3c9d1b2e4f",
        passwordHash=blooms_scrypt(),
        passwordUpdatedAt="2025-01-02T03:04:05.678Z",
        mfaEnabled=True,
        phoneNumber="(415) 555-0123",
        phoneNumberVerified=True,
        dob="1990-05-17T00:00:00.000Z",
        language="es",
        userRoles={"isAdmin": False, "isPartner": True, "isSuperAdmin": True},
        jurisdictions=[{"id": "ignored", "name": "Bay Area"}],
        agreedToTermsOfService=True,
        createdAt="2020-01-01T00:00:00Z",
        lastLoginAt="2025-06-01T00:00:00Z",
    )

    idp.ask("user", "import", "-", typed=jsonl([one]))

    shown = idp.ask("user", "show", "user0@example.com")
    assert shown["id"] == "8a1f9e2c-0b7d-4a55-9f0e-3a3c9d1b2e4f"
    assert shown["password_changed_at"] == "2025-01-02T03:04:05.678Z"
    assert shown["confirmed_at"] == "2024-05-01T10:00:00.000Z"
    assert shown["mfa"] == ["email", "sms"]
    assert shown["phone_number"] == "+14155550123"
    assert shown["phone_verified_at"] is not None
    assert (shown["date_of_birth"], shown["language"]) == ("1990-05-17", "es")
    assert shown["roles"] == ["super_admin"]
    assert [(place["name"], place["role"]) for place in shown["jurisdictions"]] == [("Bay Area", "partner")]
    assert (shown["created_at"], shown["last_sign_in_at"]) == ("2020-01-01T00:00:00.000Z", "2025-06-01T00:00:00.000Z")
    needed = idp.sign_in("user0@example.com")
    assert isinstance(needed, SecondFactorNeeded)
    assert set(needed.methods) == {"email", "sms"}


def test_nothing_that_was_not_proved_there_is_proved_here(idp: CommandLine) -> None:
    """Threat row 60."""
    idp.ask(
        "user", "import", "-", typed=jsonl([line(passwordHash=argon2(), confirmedAt=None, phoneNumber="+14155550123")])
    )

    shown = idp.ask("user", "show", "user0@example.com")

    assert (shown["confirmed_at"], shown["phone_verified_at"]) == (None, None)
    with pytest.raises(NotConfirmed):
        idp.sign_in("user0@example.com")


REFUSED: list[tuple[dict[str, Any] | str, str]] = [
    ("{", "is no JSON"),
    ("[]", "is no JSON object"),
    (line(email="nobody"), "email: is no e-mail address"),
    (line(email=None), "email: is missing"),
    (line(emial="x"), "emial: is no field of an account"),
    (line(firstName="Jane\u0007"), "firstName: must be printable text"),
    (line(passwordHash="secret"), "passwordHash: not in a known format: argon2, bcrypt, scrypt, pbkdf2"),
    (line(passwordHash="$2b$15$" + "a" * 53), "passwordHash: bcrypt with a cost outside 4 to 14"),
    (line(confirmedAt="2024-05-01T10:00:00"), "confirmedAt: should have timezone info"),
    (line(passwordUpdatedAt="2999-01-01T00:00:00Z"), "passwordUpdatedAt: lies in the future"),
    (line(phoneNumber="1"), "phoneNumber: is no telephone number"),
    (line(phoneNumberVerified=True), "phoneNumberVerified: there is no phoneNumber"),
    (line(mfaEnabled="yes"), "mfaEnabled: should be a valid boolean"),
    (line(mfaMethods=["totp"]), "mfaMethods: no enabled plugin sends codes by totp"),
    (line(jurisdictions=["Nowhere"]), "there is no jurisdiction or team 'Nowhere'"),
    (line(jurisdictions=[7]), "jurisdictions.0: must be a name, or an object with `name` and `role`"),
    (json.dumps(line()) + " " * LONGEST_LINE, f"is longer than {LONGEST_LINE} bytes"),
]


def test_every_line_that_is_refused_is_told_with_its_number_and_the_others_go_on(idp: CommandLine) -> None:
    written = [one if isinstance(one, str) else json.dumps(one) for one, _ in REFUSED]
    good = json.dumps(line(99))

    ran = idp.run("user", "import", "-", typed="\n".join([*written, "", good]) + "\n")

    assert ran.code == 1
    assert ran.json["imported"] == 1
    expected = [{"line": number, "reason": reason} for number, (_, reason) in enumerate(REFUSED, start=1)]
    assert ran.json["refused"] == expected
    assert ran.err.splitlines() == [f"line {one['line']}: {one['reason']}" for one in expected]


def test_no_reason_quotes_what_it_refuses(idp: CommandLine) -> None:
    hashed = "$2b$15$" + "S3cret" * 8 + "abcde"

    ran = idp.run("user", "import", "-", typed=jsonl([line(passwordHash=hashed, email="leaked@")]))

    assert "S3cret" not in ran.err + ran.out
    assert "leaked" not in ran.err + ran.out


def test_an_address_of_somebody_else_is_refused_and_their_account_stays_as_it_is(idp: CommandLine) -> None:
    idp.create("user0@example.com", "--confirmed")

    ran = idp.run("user", "import", "-", typed=jsonl([line(passwordHash=bcrypted(), roles=["admin"])]))

    assert ran.json["refused"] == [{"line": 1, "reason": "email: another account has this address"}]
    assert idp.ask("user", "show", "user0@example.com")["roles"] == []


def test_the_same_file_again_changes_nothing(idp: CommandLine) -> None:
    lines = jsonl([line(number, roles=["admin"]) for number in range(3)])
    idp.ask("user", "import", "-", typed=lines)
    before = idp.ask("user", "list")

    again = idp.ask("user", "import", "-", typed=lines)

    assert again == {"imported": 0, "skipped": 3, "refused": []}
    assert idp.ask("user", "list") == before
    assert len(idp.ask("audit", "--event", "account.created")["items"]) == 3


def test_an_account_that_changed_its_address_since_is_known_again(idp: CommandLine) -> None:
    """Else an old address, perhaps somebody else's by now, would get a second account with the old password."""
    from idp.core.address import EmailAddress

    idp.ask("user", "import", "-", typed=jsonl([line()]))
    account_id = AccountId(idp.ask("user", "list")["items"][0]["id"])
    idp.change(lambda work, now: work.accounts.set_email(account_id, EmailAddress("new@example.com"), now))

    again = idp.ask("user", "import", "-", typed=jsonl([line()]))

    assert (again["imported"], again["skipped"]) == (0, 1)
    assert [one["email"] for one in idp.ask("user", "list")["items"]] == ["new@example.com"]


def test_the_id_tells_nothing_of_the_address(idp: CommandLine) -> None:
    """It is the `sub` of tokens (threat row 90): nobody without our key can make it from an address."""
    idp.ask("user", "import", "-", typed=jsonl([line()]))
    first = idp.ask("user", "list")["items"][0]["id"]

    assert hashlib.sha256(b"user0@example.com").hexdigest()[:8] not in first
    assert len(first) == 36


@pytest.mark.parametrize("batches", [1, 3])
def test_an_import_that_was_killed_and_is_run_again_ends_as_if_it_never_had_been(
    idp: CommandLine, batches: int
) -> None:
    total = 5 * BATCH
    bad = {2, BATCH + 1, total - 1}
    lines = [json.dumps(line(number, email="x") if number in bad else line(number)) for number in range(1, total + 1)]
    process = idp.process("user", "import", "-")
    assert process.stdin is not None
    process.stdin.write(("\n".join(lines[: batches * BATCH + BATCH // 2]) + "\n").encode())
    process.stdin.flush()
    idp.wait_for_accounts(batches * BATCH - len(bad))

    process.send_signal(signal.SIGKILL)
    process.communicate()
    in_the_middle = len(idp.ask("user", "list", "--limit", "10000")["items"])
    ran = idp.run("user", "import", "-", typed="\n".join(lines))

    assert 0 < in_the_middle < total - len(bad)
    assert ran.json["imported"] == total - len(bad) - in_the_middle
    assert ran.json["skipped"] == in_the_middle
    assert [one["line"] for one in ran.json["refused"]] == sorted(bad)
    assert len(idp.ask("user", "list", "--limit", "10000")["items"]) == total - len(bad)


def test_progress_is_told_on_the_standard_error_stream(idp: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.cli.user_import.LINES_BETWEEN_REPORTS", BATCH)

    ran = idp.run("user", "import", "-", typed=jsonl(line(number) for number in range(2 * BATCH)))

    assert ran.err.splitlines() == [
        f"{BATCH} lines: {BATCH} imported, 0 there already",
        f"{2 * BATCH} lines: {2 * BATCH} imported, 0 there already",
    ]


def test_the_example_is_as_the_schema_says_and_can_be_imported(idp: CommandLine) -> None:
    lines = EXAMPLE.read_text().splitlines()
    validator = Draft202012Validator(import_schema())

    problems = [error.message for one in lines for error in validator.iter_errors(json.loads(one))]
    idp.ask("team", "create", "My Team")
    done = idp.ask("user", "import", str(EXAMPLE))

    assert problems == []
    assert (done["imported"], done["refused"]) == (len(lines), [])


def test_a_file_that_is_not_there_is_told_in_a_line(idp: CommandLine) -> None:
    refusal = idp.refuse("user", "import", str(idp.folder / "nothing.jsonl"))

    assert (refusal["error"], refusal["exit"]) == ("usage", 2)


def test_the_line_in_the_documentation_is_one(idp: CommandLine) -> None:
    documented = json.loads(DOCUMENTATION.read_text().split("```json")[2].partition("```")[0])
    idp.ask("team", "create", "My Team")

    done = idp.ask("user", "import", "-", typed=jsonl([{**documented, "passwordHash": blooms_scrypt()}]))

    assert list(Draft202012Validator(import_schema()).iter_errors(documented)) == []
    assert done == {"imported": 1, "skipped": 0, "refused": []}
