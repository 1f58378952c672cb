"""More accounts than the demo has, all with one password: hashed once, and brought in as an operator would."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from argon2 import PasswordHasher

from tests.running import Server

PASSWORD = "correct horse battery"
SINCE = datetime(2026, 1, 1, tzinfo=UTC).isoformat()


def bring_in(server: Server, count: int) -> Sequence[Mapping[str, str]]:
    """What each of them signs in with."""
    # what `[hashing]` costs by default: dearer or cheaper would be hashed again at the first sign-in
    encoded = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(PASSWORD)
    emails = [f"person-{number}@example.com" for number in range(count)]
    lines = [
        json.dumps(
            {
                "email": email,
                "firstName": "Some",
                "lastName": "Body",
                "passwordHash": encoded,
                "confirmedAt": SINCE,
                "passwordUpdatedAt": SINCE,
                "jurisdictions": ["Bay Area"],
            }
        )
        for email in emails
    ]
    file = server.folder / "people.jsonl"
    file.write_text("\n".join(lines))
    assert server.idp("user", "import", str(file))["imported"] == count
    return [{"email": email, "password": PASSWORD} for email in emails]
