"""What is installed, read from package metadata. Nothing is imported here: installed is not trusted."""

from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, entry_points

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
    points = entry_points(group=GROUP)
    origins = {point.dist: _origin(point.dist) for point in points}
    found = {
        InstalledPlugin(name=point.name, package=package, version=version, target=point.value)
        for point in points
        for package, version in [origins[point.dist]]
    }
    return tuple(sorted(found, key=lambda plugin: (plugin.name, plugin.package, plugin.target)))


def _origin(package: Distribution | None) -> tuple[str, str]:
    """Name and version. The whole metadata is parsed for each: once a package, not once a plugin."""
    return (package.name, package.version) if package else ("unknown", "")
