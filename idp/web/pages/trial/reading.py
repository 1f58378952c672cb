"""What is wrong with a template as it is written: its syntax, the templates that it names, the blocks that it fills."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2
    from jinja2 import nodes


@dataclass(frozen=True, slots=True, kw_only=True)
class PageProblem:
    """`file` is relative to the operator's folder; `line` is 0 where no line alone is to blame."""

    file: str
    line: int
    reason: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}{f', line {self.line}' if self.line else ''}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Templates by name, as a page would find them."""

    environment: "jinja2.Environment"

    def problems(self, name: str) -> Iterator[PageProblem]:
        from jinja2 import TemplateSyntaxError  # noqa: PLC0415 - a start without own templates does not pay for it

        try:
            self.environment.compile(self._source(name), name, name)
        except TemplateSyntaxError as error:
            line, reason = error.lineno, f"{error.message}"
            yield PageProblem(file=name, line=line, reason=reason, mend="Mend the line, or remove the file.")
            return
        unknown = list(self._unknown_templates(name))
        yield from unknown
        if not unknown:
            yield from self._unknown_blocks(name)

    def named_by(self, name: str) -> frozenset[str]:
        """The templates that this one extends, includes or imports from."""
        from jinja2 import TemplateError, meta  # noqa: PLC0415 - see above

        try:
            return frozenset(found for found in meta.find_referenced_templates(self._parsed(name)) if found)
        except TemplateError:
            return frozenset()

    def macros(self, name: str) -> frozenset[str]:
        """What others may import from it."""
        from jinja2 import nodes  # noqa: PLC0415 - see above

        return frozenset(node.name for node in self._parsed(name).body if isinstance(node, nodes.Macro))

    def replaced(self, name: str) -> int:
        """The line of the first block that takes ours away without `super()`; 0 where there is none."""
        from jinja2 import nodes  # noqa: PLC0415 - see above

        own = self._parsed(name).find_all(nodes.Block)
        return next((block.lineno for block in own if not _calls_super(block)), 0)

    def _unknown_templates(self, name: str) -> Iterator[PageProblem]:
        from jinja2 import nodes  # noqa: PLC0415 - see above

        known = self.environment.list_templates()
        for node in self._parsed(name).find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            template = getattr(node, "template", None)
            named = template.value if isinstance(template, nodes.Const) else None
            if isinstance(named, str) and named not in known and not getattr(node, "ignore_missing", False):
                reason = f'there is no template "{named}"'
                yield PageProblem(file=name, line=node.lineno, reason=reason, mend=_meant(named, known))

    def _unknown_blocks(self, name: str) -> Iterator[PageProblem]:
        """A block that no ancestor has is shown by nobody, and nothing says so."""
        from jinja2 import nodes  # noqa: PLC0415 - see above

        inherited = self._blocks_above(name)
        if inherited is None:
            return
        for node in self._parsed(name).body:
            if isinstance(node, nodes.Block) and node.name not in inherited:
                reason = f'nothing that it extends has a block "{node.name}"'
                yield PageProblem(file=name, line=node.lineno, reason=reason, mend=_meant(node.name, sorted(inherited)))

    def _blocks_above(self, name: str) -> set[str] | None:
        """None where it extends nothing, or what it extends is only known when it is shown."""
        from jinja2 import nodes  # noqa: PLC0415 - see above

        above: set[str] = set()
        seen = {name}
        while (extends := self._parsed(name).find(nodes.Extends)) is not None:
            if not isinstance(extends.template, nodes.Const) or extends.template.value in seen:
                return None
            name = str(extends.template.value)
            seen.add(name)
            above |= {block.name for block in self._parsed(name).find_all(nodes.Block)}
        return above if len(seen) > 1 else None

    def _parsed(self, name: str) -> "nodes.Template":
        return self.environment.parse(self._source(name), name, name)

    def _source(self, name: str) -> str:
        loader = self.environment.loader
        if loader is None:
            raise TypeError("templates without a loader")
        return loader.get_source(self.environment, name)[0]


def _calls_super(block: "nodes.Block") -> bool:
    from jinja2 import nodes  # noqa: PLC0415 - see above

    calls = (call.node for call in block.find_all(nodes.Call))
    return any(isinstance(called, nodes.Name) and called.name == "super" for called in calls)


def _meant(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f'Perhaps "{close[0]}" was meant.' if close else f"There are: {', '.join(sorted(known))}."
