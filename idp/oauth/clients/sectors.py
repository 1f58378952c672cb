"""`sector_identifier_uri`: a list of redirect URIs that belong together, fetched from the host that vouches for it."""

import json
from dataclasses import dataclass

from idp.core.client import ClientMetadata
from idp.oauth.errors import InvalidClientMetadata
from idp.ports.oauth import Fetcher, FetchRefused

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSector:
    """OIDC Registration §5: every redirect URI must stand in the list, or anybody could join anybody's sector.

    `fresh`, where somebody registers: the list as it stands now. Who was refused and mended it is let in, and who was
    taken off it is not. Elsewhere the list is kept like the document that names it.
    """

    fetcher: Fetcher

    async def __call__(self, metadata: ClientMetadata, *, fresh: bool = False) -> None:
        """Raises InvalidClientMetadata."""
        if metadata.sector_identifier_uri is None:
            return
        fetch = self.fetcher.get_now if fresh else self.fetcher.get
        try:
            listed = json.loads((await fetch(metadata.sector_identifier_uri, accept=JSON)).body)
        except (FetchRefused, ValueError, RecursionError):
            raise InvalidClientMetadata("sector_identifier_uri: gives no list of redirect URIs.") from None
        if not isinstance(listed, list) or not all(uri in listed for uri in metadata.redirect_uris):
            raise InvalidClientMetadata("sector_identifier_uri: does not list all redirect URIs.")
