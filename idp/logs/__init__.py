"""Structured logs: one line an event, on standard error, written beside the event loop.

Not structlog: its import pulls a terminal's highlighter in and takes as long as half of a start may; what we need of it
is a name, a level and fields.
"""

from idp.logs.foreign import adopted
from idp.logs.logs import Logs

__all__ = ["Logs", "adopted"]
