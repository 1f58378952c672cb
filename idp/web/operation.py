"""How an endpoint is described to machines."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Crashed(BaseModel):
    """Any fault of ours: an id to ask for, and nothing else (bloom.md §1.1, shape E)."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True)

    status_code: int
    message: str
    request_id: str


Shape = type[BaseModel] | tuple[type[BaseModel], ...] | list[type[BaseModel]] | None
"""None for an empty body, a tuple where the shape depends on the case, a list of one for an array of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`answers` by status."""

    method: str
    path: str
    summary: str
    answers: Mapping[int, Shape]
    request: type[BaseModel] | None = None
    cookies: tuple[str, ...] = field(default_factory=tuple)
    tag: str = ""
