"""What is installed, read from package metadata. Nothing is imported here: installed is not trusted."""

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

GROUP = "idp.plugins"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledPlugin:
    """One entry point of our group. `target` is where its class lies (`module:Class`)."""

    name: str
    package: str
    version: str
    target: str

    def entry_point(self) -> EntryPoint:
        return EntryPoint(name=self.name, value=self.target, group=GROUP)


def installed_plugins() -> tuple[InstalledPlugin, ...]:
    """Every plugin that an installed package offers, by name and package. Two packages may offer one name."""
    found = {
        InstalledPlugin(
            name=point.name,
            package=point.dist.name if point.dist else "unknown",
            version=point.dist.version if point.dist else "",
            target=point.value,
        )
        for point in entry_points(group=GROUP)
    }
    return tuple(sorted(found, key=lambda plugin: (plugin.name, plugin.package, plugin.target)))
