"""What may be a password, and what hashing one costs."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from idp.config.refusal import refused
from idp.config.table import Number, Switch, Table
from idp.config.types import Called, FilePath, Span, Within
from idp.core.password import PRESETS, PasswordPolicy

PresetName = Literal["default", "nist", "bloom"]


class PasswordRules(Table):
    """A preset, and what differs from it."""

    preset: PresetName | None = Field(default=None, examples=["nist"])
    """`default`: 8 characters. `nist`: 15 characters (NIST SP 800-63B-4). `bloom`: 12 characters of all four classes.
    Unset: `default`; for a jurisdiction, what `[password]` says."""

    minimum: Annotated[Number, Field(ge=8, le=128)] | None = Field(default=None, examples=[8])
    """The fewest characters. Unset: the preset's."""

    maximum: Annotated[Number, Field(ge=128, le=1024)] | None = Field(default=None, examples=[128])
    """The most characters. Unset: the preset's."""

    classes: tuple[Literal["upper", "lower", "digit", "special"], ...] | None = Field(
        default=None, examples=[["upper", "lower", "digit", "special"]]
    )
    """Classes of which one character each is needed; `special` is one of `#?!@$%^&*-`. Unset: the preset's."""

    refuse_common: Switch | None = Field(default=None, examples=[True])
    """Refuses what is on the list of common passwords. Unset: the preset's, which is yes."""

    refuse_personal: Switch | None = Field(default=None, examples=[True])
    """Refuses the account's own name and address. Unset: the preset's, which is yes."""

    def policy(self, otherwise: PasswordPolicy) -> PasswordPolicy:
        """The rules in the core's terms; `otherwise` holds where no preset is named."""
        base = otherwise if self.preset is None else PRESETS[self.preset]
        own: dict[str, Any] = {
            "minimum": self.minimum,
            "maximum": self.maximum,
            "classes": None if self.classes is None else frozenset(self.classes),
            "refuse_common": self.refuse_common,
            "refuse_personal": self.refuse_personal,
        }
        return replace(base, **{name: value for name, value in own.items() if value is not None})


class Password(PasswordRules):
    """What may be a password, where a jurisdiction does not say otherwise."""

    common_list_file: FilePath | None = Field(default=None, examples=["/etc/idp/common-passwords.txt"])
    """More common passwords, one a line, beside the list that comes with idp."""

    life: Annotated[Span, Within(timedelta(days=1), timedelta(days=3650))] | None = Field(
        default=None, examples=["365d"]
    )
    """How old a password may become before it must be reset. Unset: for ever, as NIST SP 800-63B §5.1.1.2 advises."""


def _spelled_out(value: object) -> object:
    if isinstance(value, str):
        if value not in PRESETS:
            raise refused("names no preset", f"Write one of {', '.join(PRESETS)}, or a table of rules.")
        return {"preset": value}
    return value


class _OrPreset:
    """Tells the JSON Schema that a name will do."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "enum": list(PRESETS)}, handler(schema)]}


OwnPasswordRules = Annotated[
    PasswordRules, BeforeValidator(_spelled_out), _OrPreset(), Called("`default`, `nist`, `bloom` or a table")
]
"""A jurisdiction's rules: the name of a preset, or a table."""


class Hashing(Table):
    """What an Argon2id hash costs (RFC 9106). Hashes of lesser cost are renewed when their owners sign in."""

    memory_kib: Annotated[Number, Field(ge=7168, le=4 * 1024 * 1024)] = 19456
    """Memory of one hash, in KiB. Together with `iterations` never below what OWASP's Password Storage Cheat Sheet
    demands: 47104 with 1, 19456 with 2, 12288 with 3, 9216 with 4, 7168 with 5."""

    iterations: Annotated[Number, Field(ge=1, le=100)] = 2
    """Passes over the memory."""

    parallelism: Annotated[Number, Field(ge=1, le=16)] = 1
    """Lanes."""

    threads: Annotated[Number, Field(ge=1, le=256)] | None = Field(default=None, examples=[1])
    """Hashes computed at once in one process. Unset: one fewer than there are cores, at least one."""

    queue: Annotated[Number, Field(ge=1, le=10_000)] = 100
    """Hashes that may wait; beyond it the answer is a quick 503 with Retry-After."""
