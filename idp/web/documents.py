"""Documents whose bytes are made once per change: keys, discovery, schemas, security.txt."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`etag` is quoted. `max_age_seconds` bounds how long others may keep it."""

    body: bytes
    etag: str
    media_type: str
    max_age_seconds: int

    @classmethod
    def of(cls, body: bytes, media_type: str, max_age_seconds: int) -> "Document":
        return cls(
            body=body,
            etag=f'"{sha256(body).hexdigest()[:32]}"',
            media_type=media_type,
            max_age_seconds=max_age_seconds,
        )


@dataclass(frozen=True, slots=True)
class _Answers:
    """A document's three answers, made once: a Response knows nothing of the request that it answers."""

    document: Document
    whole: Response
    head: Response
    unchanged: Response

    @classmethod
    def of(cls, document: Document) -> "_Answers":
        headers = {
            "etag": document.etag,
            "cache-control": f"public, max-age={document.max_age_seconds}",
            "cross-origin-resource-policy": "cross-origin",
        }
        unchanged = Response(status_code=304, headers=headers)
        headers["content-length"] = str(len(document.body))
        whole, head = (Response(body, headers=headers, media_type=document.media_type) for body in (document.body, b""))
        return cls(document, whole, head, unchanged)

    def to(self, request: Request) -> Response:
        known = request.headers.get("if-none-match")
        if known is not None and (known == "*" or self.document.etag in known.replace("W/", "").split(", ")):
            return self.unchanged
        return self.head if request.method == "HEAD" else self.whole


def serve(current: Callable[[], Document]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for whatever `current` returns at the moment; 304 for who has it already (RFC 9110 §13.1.2)."""
    answers: _Answers | None = None

    async def endpoint(request: Request) -> Response:
        nonlocal answers
        document = current()
        if answers is None or (answers.document is not document and answers.document != document):
            answers = _Answers.of(document)
        return answers.to(request)

    return endpoint
