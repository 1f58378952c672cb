"""Why a verb did not do what it was asked.

```
Exception
├── Refusal                 a decision; what it recorded is committed (architecture, decision 1)
│   ├── MalformedRequest    invalid_request
│   ├── BadCredentials      bad_credentials       wrong name, password, or a disabled account
│   ├── AccountLocked       account_locked
│   ├── NotConfirmed        not_confirmed         told only after a right password
│   ├── PasswordOutdated    password_outdated     told only after a right password
│   ├── FactorUnavailable   factor_unavailable
│   ├── PhoneNumberMissing  phone_number_missing
│   ├── PhoneNumberFixed    phone_number_fixed
│   ├── CodeMissing         code_missing
│   ├── CodeRejected        code_rejected
│   ├── SessionMissing      session_missing       no credential was sent
│   ├── SessionExpired      session_expired       expired, revoked, replayed or forged
│   ├── LinkRejected        link_rejected         unknown, used, replaced or expired
│   ├── PasswordRejected    password_rejected
│   ├── WrongPassword       wrong_password        the current password, at a change
│   ├── PasswordNeeded      password_needed
│   ├── EmailTaken          email_taken
│   ├── NameRejected        name_rejected
│   ├── UnknownTenant       unknown_tenant
│   ├── UnknownFeature      unknown_feature
│   ├── FeatureOff          feature_off
│   ├── NotFound            not_found
│   ├── Forbidden           forbidden
│   └── TooManyRequests     too_many_requests
└── Accident                a fault; nothing stays
    ├── StorageUnavailable  storage_unavailable
    ├── Overloaded          overloaded
    └── PluginFailed        plugin_failed
```

Three audiences, three fields: a face words the answer from `code` and the typed fields, the log says `str(error)`,
a test matches the class. No exception's text ever reaches the wire.
"""

from datetime import datetime
from typing import ClassVar


class Refusal(Exception):
    """A decision not to proceed. What the unit of work recorded before it was raised is committed."""

    code: ClassVar[str] = "refused"


class Accident(Exception):
    """A fault. The unit of work that raised it leaves nothing behind."""

    code: ClassVar[str] = "server_error"


class MalformedRequest(Refusal):
    """The request cannot be understood. `problems` name fields and rules, never values."""

    code = "invalid_request"

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class BadCredentials(Refusal):
    """Wrong name or secret. `attempts_left` is told for unknown names as well."""

    code = "bad_credentials"

    def __init__(self, attempts_left: int) -> None:
        super().__init__("credentials were wrong")
        self.attempts_left = attempts_left


class AccountLocked(Refusal):
    """Too many failures for this name. Names that do not exist lock in the same way."""

    code = "account_locked"

    def __init__(self, until: datetime) -> None:
        super().__init__("too many failed attempts")
        self.until = until


class NotConfirmed(Refusal):
    """The address was never confirmed. Raised only after the right password."""

    code = "not_confirmed"

    def __init__(self, account_id: str) -> None:
        super().__init__("account is not confirmed")
        self.account_id = account_id


class PasswordOutdated(Refusal):
    """The password is older than the operator allows. Raised only after the right password."""

    code = "password_outdated"

    def __init__(self, account_id: str) -> None:
        super().__init__("password is too old")
        self.account_id = account_id


class FactorUnavailable(Refusal):
    """The account cannot use this method, or its tenants do not allow it."""

    code = "factor_unavailable"

    def __init__(self, method: str) -> None:
        super().__init__(f"method {method!r} is not available")
        self.method = method


class PhoneNumberMissing(Refusal):
    """A code by SMS was asked for, and no number is known."""

    code = "phone_number_missing"


class PhoneNumberFixed(Refusal):
    """A number may be named with the code request only while none is proved."""

    code = "phone_number_fixed"


class CodeMissing(Refusal):
    """A second factor is needed after all, and none was proved."""

    code = "code_missing"


class CodeRejected(Refusal):
    """The code is wrong, used, expired, or none was pending: the caller cannot tell which."""

    code = "code_rejected"

    def __init__(self, attempts_left: int) -> None:
        super().__init__("code was rejected")
        self.attempts_left = attempts_left


class SessionMissing(Refusal):
    """No cookie was sent, or an empty one."""

    code = "session_missing"


class SessionExpired(Refusal):
    """The token or its session is over: expired, revoked, replayed, or never ours."""

    code = "session_expired"


class LinkRejected(Refusal):
    """The link's token is unknown, used, replaced or expired: the caller cannot tell which."""

    code = "link_rejected"


class PasswordRejected(Refusal):
    """The new password breaks a rule. `objections` never quote it."""

    code = "password_rejected"

    def __init__(self, *objections: str) -> None:
        super().__init__("; ".join(objections))
        self.objections = objections


class WrongPassword(Refusal):
    """The current password, given with a change, is wrong."""

    code = "wrong_password"

    def __init__(self, account_id: str) -> None:
        super().__init__("the current password is wrong")
        self.account_id = account_id


class PasswordNeeded(Refusal):
    """The change takes the current password, and none was sent."""

    code = "password_needed"

    def __init__(self, account_id: str) -> None:
        super().__init__("the current password is needed")
        self.account_id = account_id


class EmailTaken(Refusal):
    """Another account has this address."""

    code = "email_taken"


class NameRejected(Refusal):
    """A name holds what belongs into a link (spam through our own mails)."""

    code = "name_rejected"


class UnknownTenant(Refusal):
    """No jurisdiction or team of this name."""

    code = "unknown_tenant"

    def __init__(self, name: str) -> None:
        super().__init__("no such tenant")
        self.name = name


class UnknownFeature(Refusal):
    """No feature of this name is defined, by us, a plugin or the operator."""

    code = "unknown_feature"

    def __init__(self, name: str) -> None:
        super().__init__(f"no feature named {name!r}")
        self.name = name


class FeatureOff(Refusal):
    """The tenants in context do not allow this."""

    code = "feature_off"

    def __init__(self, feature: str) -> None:
        super().__init__(f"feature {feature!r} is off here")
        self.feature = feature


class NotFound(Refusal):
    """What the request names does not exist, or the caller may not know that it does."""

    code = "not_found"


class Forbidden(Refusal):
    """The caller is known, and may not do this."""

    code = "forbidden"


class TooManyRequests(Refusal):
    """A source or a recipient has used up its budget."""

    code = "too_many_requests"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("too many requests")
        self.retry_after_seconds = retry_after_seconds


class StorageUnavailable(Accident):
    """The database did not answer, or its disk is full. Nothing was acknowledged."""

    code = "storage_unavailable"


class Overloaded(Accident):
    """The hashing queue is full; the caller should come back."""

    code = "overloaded"

    def __init__(self, retry_after_seconds: int = 1) -> None:
        super().__init__("hashing queue is full")
        self.retry_after_seconds = retry_after_seconds


class PluginFailed(Accident):
    """A plugin raised, hung or answered nonsense. What it guards is denied."""

    code = "plugin_failed"

    def __init__(self, plugin: str, reason: str) -> None:
        super().__init__(f"plugin {plugin!r}: {reason}")
        self.plugin = plugin
        self.reason = reason
