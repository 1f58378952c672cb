"""Style sheets and logos: their names hold a hash of what is in them, so browsers keep them for good."""

from starlette.requests import Request
from starlette.responses import Response

from idp.web.fallback import not_found
from idp.web.pages.branding import FOLDER
from idp.web.pages.desk import desk_of
from idp.web.routing import Route

HEADERS = {
    "cache-control": "public, max-age=31536000, immutable",
    # a logo may be an SVG, which opened by itself is a document: one that can do nothing
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
}


def file_routes() -> list[Route]:
    return [Route(method=method, path=f"{FOLDER}/{{name}}", endpoint=_file) for method in ("GET", "HEAD")]


async def _file(request: Request) -> Response:
    asset = desk_of(request).brands.assets.get(str(request.path_params["name"]))
    if asset is None:
        return await not_found(request)
    headers = {**HEADERS, "content-length": str(len(asset.body))}
    return Response(asset.body if request.method == "GET" else b"", headers=headers, media_type=asset.media_type)
