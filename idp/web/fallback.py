"""What is not there: 404 in the contract's words, never 405, never a redirect."""

from starlette.requests import Request
from starlette.responses import Response

from idp.web.answers import json_answer

LONGEST_PATH = 256


async def not_found(request: Request) -> Response:
    """bloom.md §1, routing. The path comes from the request line, not from an address built with Host."""
    path = str(request.scope["path"])[:LONGEST_PATH]
    message = f"Cannot {request.method} {path}"
    return json_answer({"message": message, "error": "Not Found", "statusCode": 404}, 404)
