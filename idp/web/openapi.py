"""openapi.json (OpenAPI 3.1) and one JSON Schema a body, from the models that read and write them."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from idp.web.bloom.operations import OPERATIONS as BLOOM
from idp.web.nodeloom.operations import OPERATIONS as NODELOOM
from idp.web.operation import Operation

OPERATIONS: tuple[Operation, ...] = (*NODELOOM, *BLOOM)
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEMPLATE = "#/components/schemas/{model}"
Mode = Literal["validation", "serialization"]


def openapi(version: str) -> dict[str, Any]:
    """The document served at /openapi.json."""
    names, definitions = _definitions(OPERATIONS)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "idp", "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "jsonSchemaDialect": DIALECT,
        "paths": paths,
        "components": {"schemas": definitions},
    }


def body_schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    """(file name, schema) of every request and answer of both contracts."""
    for folder, operations in (("nodeloom", NODELOOM), ("bloom", BLOOM)):
        for model, mode in sorted(_models(operations), key=lambda pair: (pair[0].__name__, pair[1])):
            kind = "request" if mode == "validation" else "answer"
            schema = model.model_json_schema(mode=mode)
            yield f"{folder}/{model.__name__}.{kind}.json", {"$schema": DIALECT, **schema}


def _models(operations: Iterable[Operation]) -> set[tuple[type[BaseModel], Mode]]:
    found: set[tuple[type[BaseModel], Mode]] = set()
    for operation in operations:
        if operation.request is not None:
            found.add((operation.request, "validation"))
        for answer in operation.answers.values():
            found.update((model, "serialization") for model in alternatives(answer))
    return found


def alternatives(answer: Any) -> tuple[type[BaseModel], ...]:
    """The models an answer may have."""
    if answer is None:
        return ()
    return tuple(answer) if isinstance(answer, tuple | list) else (answer,)


def _definitions(operations: Iterable[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    models = sorted(_models(operations), key=lambda pair: (pair[0].__module__, pair[0].__name__, pair[1]))
    names, schema = models_json_schema(models, ref_template=TEMPLATE)
    return names, schema.get("$defs", {})


def _describe(operation: Operation, names: dict[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [*_path_parameters(operation), *_cookie_parameters(operation)],
        "responses": {
            str(status): _response(answer, names, status) for status, answer in sorted(operation.answers.items())
        },
    }
    if operation.request is not None:
        schema = names[(operation.request, "validation")]
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return described


def _response(answer: Any, names: dict[Any, Any], status: int) -> dict[str, Any]:
    schemas = [names[(model, "serialization")] for model in alternatives(answer)]
    described: dict[str, Any] = {"description": "Success" if status < 400 else "Refusal"}
    if schemas:
        one = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
        schema = {"type": "array", "items": one} if isinstance(answer, list) else one
        described["content"] = {"application/json": {"schema": schema}}
    return described


def _path_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.path.endswith("}"):
        name = operation.path.rpartition("{")[2].rstrip("}")
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _cookie_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for name in operation.cookies:
        yield {"name": name, "in": "cookie", "required": True, "schema": {"type": "string"}}
