"""What may be a password."""

from dataclasses import dataclass, field

PASSWORD = "password"
"""The kind of credential that it is."""

LONGEST_PASSWORD = 1024
"""In characters. A longer one is refused unhashed, whatever the policy: a megabyte of it is a minute of CPU (Django
2013, threat row 119)."""

SPECIAL = frozenset("#?!@$%^&*-")
"""The characters Bloom's own rule counts as special; no other does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy:
    """Lengths are in characters. `classes` are any of `upper`, `lower`, `digit`, `special`."""

    minimum: int = 8
    maximum: int = 128
    classes: frozenset[str] = field(default_factory=frozenset)
    refuse_common: bool = True
    refuse_personal: bool = True

    def objections(self, password: str, personal: tuple[str, ...], common: frozenset[str]) -> tuple[str, ...]:
        """The rules that `password` breaks, by name; none of them quotes it.

        `personal` are the account's names and address: equal to one of them, whatever the case, is refused
        (NIST SP 800-63B §5.1.1.2, ASVS 6.2.11).
        """
        found = []
        if len(password) < self.minimum:
            found.append("tooShort")
        if len(password) > self.maximum:
            found.append("tooLong")
        if "\x00" in password:
            found.append("notText")
        found.extend(f"needs{name.capitalize()}" for name in sorted(self.classes) if not _has(name, password))
        folded = password.casefold()
        if self.refuse_common and folded in common:
            found.append("tooCommon")
        if self.refuse_personal and folded in {part.casefold() for part in personal if part}:
            found.append("tooPersonal")
        return tuple(found)


def _has(name: str, password: str) -> bool:
    match name:
        case "upper":
            return any(char.isupper() for char in password)
        case "lower":
            return any(char.islower() for char in password)
        case "digit":
            return any(char.isdigit() for char in password)
        case "special":
            return any(char in SPECIAL for char in password)
    raise ValueError(f"no character class named {name!r}")


PRESETS = {
    "default": PasswordPolicy(),
    "nist": PasswordPolicy(minimum=15),
    "bloom": PasswordPolicy(minimum=12, classes=frozenset({"upper", "lower", "digit", "special"})),
}
