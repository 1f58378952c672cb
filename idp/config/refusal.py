"""How a value of the configuration is refused: a reason and a mend, and never the value."""

from pydantic_core import PydanticCustomError

KIND = "refused"


def refused(reason: str, mend: str) -> PydanticCustomError:
    """An error for a validator to raise. `reason` continues "the setting …"; `mend` says what to write instead.

    Neither may quote the value: it may be a secret in the wrong place.
    """
    return PydanticCustomError(KIND, "{reason}", {"reason": reason, "mend": mend})
