"""An entry of the audit trail in JSON, and the schema of it.

```json
{"number": 7, "at": "2026-11-21T09:00:00.000Z", "name": "login.fail", "outcome": "failure", "reason": "password",
 "account_id": "…", "address": "203.0.113.7", "request_id": "…", "contract": "bloom"}
```

What is empty is left out.
"""

from collections.abc import Mapping
from typing import Any

from idp.core.events import EventName, Outcome
from idp.ports.storage import AuditEntry

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def entry_json(entry: AuditEntry) -> dict[str, Any]:
    source = entry.source
    where = {
        "address": source.address,
        "agent": source.agent,
        "request_id": source.request_id,
        "contract": source.contract,
    }
    at = entry.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"number": entry.number, "at": at, **entry.event.to_json(), **{k: v for k, v in where.items() if v}}


def entry_schema() -> dict[str, Any]:
    """`schemas/audit.schema.json`."""
    return {
        "$schema": DIALECT,
        "title": "An entry of the audit trail",
        "description": "Never holds a password, code, token, cookie, link or whole telephone number.",
        "type": "object",
        "properties": {
            "number": {"type": "integer", "minimum": 1, "description": "Its place in the trail."},
            "at": {"type": "string", "format": "date-time", "description": "When, in UTC, to the millisecond."},
            "name": {"oneOf": [{"const": name.value, "description": MEANINGS[name]} for name in EventName]},
            "outcome": {"enum": [outcome.value for outcome in Outcome]},
            **{field: {"type": "string", "minLength": 1, "description": text} for field, text in TEXTS.items()},
            "methods": {"type": "array", "items": {"type": "string"}, "description": METHODS},
            "detail": {
                "type": "object",
                "additionalProperties": {"type": ["string", "integer", "boolean"]},
                "description": "Enumerations, ids and counts.",
            },
        },
        "required": ["number", "at", "name", "outcome"],
        "additionalProperties": False,
    }


METHODS = "What was proved (RFC 8176 values), or the second factor that was added or removed."

TEXTS: Mapping[str, str] = {
    "reason": "Why it failed, or what kind it was: one word.",
    "account_id": "The account it happened to.",
    "session_id": "The session it happened in, or to.",
    "subject_hash": "A keyed hash of a name that belongs to no account: the same for the same name, and no way back.",
    "jurisdiction": "The jurisdiction that the request named.",
    "address": "Where the request came from, as far as trusted proxies tell; `cli` for the command line.",
    "agent": "The client's own word about itself; on the command line the operating system's user.",
    "request_id": "The request, as the log and the answer name it.",
    "contract": "`nodeloom`, `bloom`, `cli`, `relay`: which door it came through.",
}

MEANINGS: Mapping[EventName, str] = {
    EventName.LOGIN_OK: "Somebody signed in.",
    EventName.LOGIN_FAIL: "A sign-in failed: a wrong name, password or code.",
    EventName.LOGIN_LOCKED: "A sign-in was refused, for the name had failed too often.",
    EventName.LOGIN_ALARM: "More sign-ins failed within a minute, over all names, than `throttle.alarm` allows.",
    EventName.MFA_NEEDED: "The password was right, and a second factor is asked for.",
    EventName.MFA_SENT: "A code for the second factor was sent.",
    EventName.MFA_FAIL: "A second factor was wrong.",
    EventName.CODE_SENT: "A code to sign in with was sent.",
    EventName.FACTOR_ADDED: "A second factor was added to the account.",
    EventName.FACTOR_REMOVED: "A second factor was removed from it.",
    EventName.CONFIRMATION_SENT: "A link to confirm an address was sent.",
    EventName.CONFIRMATION_DONE: "An address was confirmed.",
    EventName.RESET_ASKED: "A link to reset a password was sent.",
    EventName.RESET_DONE: "A password was reset.",
    EventName.PASSWORD_CHANGED: "A password was changed by its owner, or set by an operator.",
    EventName.PASSWORD_REMOVED: "A password was removed that was chosen before anybody had proved the address.",
    EventName.EMAIL_CHANGE_ASKED: "Somebody asked for another address.",
    EventName.EMAIL_CHANGED: "An address was changed.",
    EventName.ACCOUNT_CREATED: "An account was made: by its owner, an operator, or an import.",
    EventName.ACCOUNT_UPDATED: "An account's profile was changed.",
    EventName.ACCOUNT_DISABLED: "An account was disabled and signed out everywhere.",
    EventName.ACCOUNT_ENABLED: "A disabled account was enabled.",
    EventName.ACCOUNT_UNLOCKED: "An account's failed attempts were forgotten.",
    EventName.ACCOUNT_DELETED: "An account was deleted.",
    EventName.SESSION_ENDED: "Somebody signed out.",
    EventName.SESSION_REVOKED: "An operator ended one session, all of an account's, or all.",
    EventName.REFRESH_REUSE: "A refresh token was used twice, which ended its session.",
    EventName.CLIENT_CREATED: "A client was made: by an operator, or by registration.",
    EventName.CLIENT_UPDATED: "A client was changed: by an operator, or by itself.",
    EventName.CLIENT_DELETED: "A client was deleted, with all that people allowed it.",
    EventName.CLIENT_SECRET_ROTATED: "A client got a new secret.",
    EventName.CODE_REPLAYED: "An authorization code was redeemed twice, which ended all that it had bought.",
    EventName.TOKEN_EXCHANGED: "A client exchanged a token for one of another audience.",
    EventName.CLIENT_REFUSED: "A client failed to prove who it is.",
    EventName.AUTHORIZATION_GRANTED: "Somebody signed in to an app.",
    EventName.AUTHORIZATION_DENIED: "Somebody did not want to sign in to an app.",
    EventName.CONSENT_GIVEN: "Somebody allowed an app to use the account.",
    EventName.CONSENT_REVOKED: "Somebody took back what they had allowed an app.",
    EventName.GRANT_REVOKED: "What an app held was revoked, its tokens included.",
    EventName.FLAG_SET: "A feature's value was set or taken back at run time.",
    EventName.TENANT_CREATED: "A jurisdiction or team was made.",
    EventName.MEMBERSHIP_SET: "An account joined or left a tenant, or its role there was changed.",
    EventName.KEYS_ROTATED: "The next signing key of an algorithm took over.",
    EventName.KEY_RETIRED: "A signing key was unpublished before its time.",
    EventName.MESSAGE_FAILED: "A message was given up after its last try.",
}
