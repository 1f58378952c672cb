"""Where a sign-in leads: back to the app that asked for it, or to a path of ours."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request

ACCOUNT = "/account"
AUTHORIZE = "/oauth2/authorize"
LONGEST = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """`interaction` is the id of an authorization request under way; without one, `path` is where to go."""

    interaction: str = ""
    path: str = ACCOUNT

    @property
    def address(self) -> str:
        return f"{AUTHORIZE}/{self.interaction}" if self.interaction else self.path

    @property
    def query(self) -> str:
        """To take it along to another page of ours: `?interaction=…`, `?next=…`, or nothing."""
        if self.interaction:
            return "?" + urlencode({"interaction": self.interaction})
        return "" if self.path == ACCOUNT else "?" + urlencode({"next": self.path})

    def page(self, path: str) -> str:
        """`path`, which has a page of its own for an interaction."""
        return f"{path}/{self.interaction}" if self.interaction else path + self.query


def onward_of(request: Request) -> Onward:
    """From the path of an interaction's page, or from the query of the others."""
    interaction = request.path_params.get("interaction") or request.query_params.get("interaction", "")
    if is_plain_id(interaction):
        return Onward(interaction=interaction)
    return Onward(path=own_path(request.query_params.get("next")) or ACCOUNT)


def is_plain_id(text: str) -> bool:
    """Whether it can be an id of ours (base64url): what stands in an address is never taken as it came."""
    return 0 < len(text) <= 128 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()


def own_path(text: str | None) -> str | None:
    """`text` if every browser takes it for a path on our own host, else None (row 100).

    Browsers read `//host` and `/\\host` as another host, and leave tabs and line breaks out before they look.
    """
    if not text or len(text) > LONGEST or not text.startswith("/") or text.startswith("//"):
        return None
    if "\\" in text or not text.isascii() or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc or "//" in parts.path else text
