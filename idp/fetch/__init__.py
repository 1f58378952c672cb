"""The one way out to an address that a client named (threat row 102).

```
url ─ scheme, host ─ resolve ─ every address judged ─ dial one of those very addresses ─ status, type, size ─ cache
```

Between check and dial nothing is resolved again, so a name that changes its mind (DNS rebinding) changes nothing.
"""

from idp.fetch.guard import GuardedFetcher

__all__ = ["GuardedFetcher"]
