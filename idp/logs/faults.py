"""An exception on paper: what it was and where, never what it said, for that may quote what somebody sent."""

import traceback
from collections.abc import Iterator
from types import TracebackType

from idp.core.errors import Accident, Refusal

FRAMES = 8
CAUSES = 3


def name_of(error: BaseException) -> str:
    """`StorageUnavailable from OperationalError`: the type, and the types of its causes."""
    chain = [error]
    while len(chain) <= CAUSES and (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    return " from ".join(type(one).__qualname__ for one in chain)


def fields_of(error: BaseException) -> dict[str, object]:
    """`reason` only for errors of our own, whose text is written for the log (`idp.core.errors`)."""
    fields: dict[str, object] = {"error": name_of(error), "frames": frames_of(error.__traceback__)}
    if isinstance(error, Refusal | Accident):
        fields["reason"] = str(error)
    return fields


def frames_of(trace: TracebackType | None) -> list[str]:
    """Where it was raised, innermost last: `idp.web.body.read_object:33`; no line of source, no local variable."""
    return list(_places(trace))[-FRAMES:]


def _places(trace: TracebackType | None) -> Iterator[str]:
    for frame, line in traceback.walk_tb(trace):
        yield f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_name}:{line}"
