"""What the server itself can do: a bare ASGI application in the place of ours, everything else as it is.

`python -m benchmarks.ceiling CONFIG DESCRIPTOR`: the descriptor is a socket that listens already, so that several of
these can share it, as workers do.
"""

import asyncio
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path

from starlette.types import Receive, Scope, Send

from idp.app import open_provider
from idp.config.loader import load
from idp.config.settings import Settings
from idp.server.running import run
from idp.server.serve import run_loop

BODY = b'{"status":"ok"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]


async def bare(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - what ASGI hands over
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


async def serve(settings: Settings, listening: socket.socket) -> int:
    async with open_provider(settings) as provider:
        await run(
            replace(provider, application=bare),
            [listening],
            on_ready=lambda: print("ready", flush=True),
            stop=asyncio.Event(),
        )
    return 0


def main() -> None:
    config, descriptor = sys.argv[1:]
    sys.exit(run_loop(serve(load(Path(config), os.environ), socket.socket(fileno=int(descriptor)))))


if __name__ == "__main__":
    main()
