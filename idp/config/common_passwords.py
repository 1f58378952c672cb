"""Common passwords: the list that comes with idp (`data/NOTICE` names its source), and the operator's own."""

from pathlib import Path

from idp.config.settings import Settings

SHIPPED = Path(__file__).parent / "data" / "common_passwords.txt"


def common_passwords(settings: Settings) -> frozenset[str]:
    """Lower case, read anew at each call. Empty when no rule asks for it, so that nobody pays for it in vain."""
    if not any(_asks_for_it(settings)):
        return frozenset()
    own = settings.password.common_list_file
    return _read(SHIPPED) | (_read(own) if own else frozenset())


def _asks_for_it(settings: Settings) -> tuple[bool, ...]:
    rules = (settings.password, *(jurisdiction.password for jurisdiction in settings.jurisdictions.values()))
    return tuple(rule.refuse_common is not False for rule in rules if rule is not None)


def _read(path: Path) -> frozenset[str]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return frozenset(line.casefold() for line in lines if line)
