"""Why there is no start, in lines for the operator: `key: reason → mend`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

EXIT_REFUSED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`key` is the setting that decides, `reason` continues it, `mend` says what to do."""

    key: str
    reason: str
    mend: str

    def __str__(self) -> str:
        return f"{self.key}: {self.reason} → {self.mend}"


def told(error: BaseException) -> list[Line]:
    """Every line of a refusal; none for an error that is no refusal, and which nobody foresaw."""
    for ancestor in type(error).__mro__:
        if words := _WORDS.get(f"{ancestor.__module__}:{ancestor.__qualname__}"):
            return list(words(error))
    return []


def _problems(error: Any) -> Iterator[Line]:
    for problem in error.problems:
        yield Line(key=problem.key, reason=problem.reason, mend=problem.mend)


def _templates(error: Any) -> Iterator[Line]:
    for problem in error.problems:
        mend = "mend the template, or remove it: ours then stands in"
        yield Line(key="messages.templates", reason=f"{problem.file}: {problem.reason}", mend=mend)


def _master_key(error: Any) -> Iterator[Line]:
    yield Line(key="keys.master_key", reason=error.reason, mend=error.mend)


def _key_file(error: Any) -> Iterator[Line]:
    yield Line(key="keys.master_key_file", reason=f"{error.path} {error.reason}", mend=error.mend)


def _signing_keys(error: Any) -> Iterator[Line]:
    reason = f"does not open the signing key {error.key_id} in the database"
    yield Line(key="keys.master_key", reason=reason, mend="give the master key that this database was made with")


def _url(error: BaseException) -> Iterator[Line]:
    yield Line(key="database.url", reason=str(error), mend='write "sqlite:///var/idp.db" or { env = "DATABASE_URL" }')


def _schema(error: BaseException) -> Iterator[Line]:
    yield Line(key="database.url", reason=str(error), mend="run `idp db upgrade`")


def _storage(error: BaseException) -> Iterator[Line]:
    yield Line(key="database.url", reason=str(error), mend="see that the database runs, and that we may write there")


def _listening(error: Any) -> Iterator[Line]:
    yield Line(key=error.key, reason=error.reason, mend=error.mend)


# by name, so that nothing is imported for an error that did not happen
_WORDS: Mapping[str, Callable[[Any], Iterator[Line]]] = {
    "idp.config.problem:ConfigurationRefused": _problems,
    "idp.registry.problems:PluginsRefused": _problems,
    "idp.messages.texts:TemplatesRefused": _templates,
    "idp.crypto.master_key:MasterKeyRefused": _master_key,
    "idp.crypto.master_key:KeyFileRefused": _key_file,
    "idp.crypto.opened_keys:KeysUnreadable": _signing_keys,
    "idp.storage.location:UnsupportedUrl": _url,
    "idp.storage.schema:SchemaOutdated": _schema,
    "idp.core.errors:StorageUnavailable": _storage,
    "idp.server.listening:ListenRefused": _listening,
}
