"""What a plugin may answer. Anything else is nonsense, and nonsense denies (threat row 129)."""

import inspect
import re
import unicodedata
from collections.abc import Callable, Mapping

import orjson

from idp.core.feature import FeatureValue
from idp.sdk import ClaimValue, Enrolment, GrantDecision, OwnCredential

LONGEST_ADDRESS = 320
LARGEST_CLAIMS = 4096
MOST_CODES = 50
SPARE_CODE = re.compile(r"[0-9]{8,10}")
CLAIM = re.compile(r"[!-~]{1,128}")
OBJECTION = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


class Nonsense(Exception):
    """The answer is not of the kind that was asked for. Its text tells the kind it was, never the answer."""

    def __init__(self, answer: object) -> None:
        super().__init__(type(answer).__name__)
        if inspect.iscoroutine(answer):
            answer.close()  # a forgotten `await`: nobody will


def verdict(answer: object) -> bool:
    """True and False, and nothing that merely looks like them."""
    if answer is True:
        return True
    if answer is False:
        return False
    raise Nonsense(answer)


def nothing(answer: object) -> None:
    """Any value that is no unfinished work: a sender that forgot an `await` has sent nothing."""
    if inspect.isawaitable(answer):
        raise Nonsense(answer)


def address(answer: object) -> str | None:
    """An address without control characters (threat row 107), or None."""
    if answer is None:
        return None
    if not isinstance(answer, str) or not 0 < len(answer) <= LONGEST_ADDRESS:
        raise Nonsense(answer)
    if any(unicodedata.category(char).startswith("C") for char in answer):
        raise Nonsense(answer)
    return str(answer)


def enrolment(answer: object) -> Enrolment:
    if not isinstance(answer, Enrolment) or not (_is_text(answer.secret) and _is_text(answer.uri)):
        raise Nonsense(answer)
    return answer


def enrolment_or_none(answer: object) -> Enrolment | None:
    return None if answer is None else enrolment(answer)


def code_list(answer: object) -> tuple[str, ...]:
    """Codes that differ, and that callers of either contract can send."""
    if not isinstance(answer, tuple) or not 0 < len(answer) <= MOST_CODES or len(set(answer)) < len(answer):
        raise Nonsense(answer)
    if not all(isinstance(code, str) and SPARE_CODE.fullmatch(code) for code in answer):
        raise Nonsense(answer)
    return answer


def count(answer: object) -> int:
    if type(answer) is not int or answer < 0:
        raise Nonsense(answer)
    return answer


def credential(answer: object) -> OwnCredential | None:
    """What the core may write in the place of what the plugin keeps."""
    if answer is None:
        return None
    if not (isinstance(answer, OwnCredential) and type(answer.data) is bytes and type(answer.version) is int):
        raise Nonsense(answer)
    return answer


def objections_to(password: str) -> Callable[[object], tuple[str, ...]]:
    """Short names, none of which gives the password away."""

    def check(answer: object) -> tuple[str, ...]:
        if not isinstance(answer, list | tuple):
            raise Nonsense(answer)
        for objection in answer:
            if not isinstance(objection, str) or not OBJECTION.fullmatch(objection):
                raise Nonsense(answer)
            if password and password in objection:
                raise Nonsense(answer)
        return tuple(answer)

    return check


def feature_value(answer: object) -> FeatureValue | None:
    if answer is None or isinstance(answer, bool | int | str):
        return answer
    raise Nonsense(answer)


def claims(answer: object) -> Mapping[str, ClaimValue]:
    """JSON of bounded size, by names without blanks."""
    if not isinstance(answer, Mapping) or not all(isinstance(n, str) and CLAIM.fullmatch(n) for n in answer):
        raise Nonsense(answer)
    try:
        written = orjson.dumps(dict(answer))
    except (TypeError, ValueError, RecursionError):
        raise Nonsense(answer) from None
    if len(written) > LARGEST_CLAIMS:
        raise Nonsense(answer)
    return dict(answer)


def grant_decision(answer: object) -> GrantDecision | None:
    if answer is None:
        return None
    if not isinstance(answer, GrantDecision) or not isinstance(answer.scope, tuple):
        raise Nonsense(answer)
    if answer.account_id is not None and not _is_text(answer.account_id):
        raise Nonsense(answer)
    if not all(_is_text(word) for word in answer.scope):
        raise Nonsense(answer)
    return answer


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""
