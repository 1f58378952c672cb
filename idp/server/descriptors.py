"""As many open files as connections are allowed, or a word that it is fewer."""

import resource

from idp.sdk import Log

OWN_FILES = 128
"""Beside the connections: the database, the log, plugins' connections."""


def allow_connections(wanted: int, log: Log) -> int:
    """Raises this process's limit as far as it may, for its children as well; how many connections there will be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    fit = max(1, soft - OWN_FILES)
    log.warning("server.files_limited", files=soft, connections=fit, wanted=wanted)
    return fit
