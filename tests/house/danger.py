"""Rules about constructs that went wrong elsewhere."""

import ast
import re
from collections.abc import Iterator

from tests.house.doors import literal
from tests.house.project import Finding, Module, Text, dotted

COMPARED_SLOWLY = re.compile(r"(?:^|_)(?:digest|hash|secret|signature|token|pepper)$")
LOGGED_NEVER = {
    "password",
    "code",
    "token",
    "cookie",
    "cookies",
    "secret",
    "link",
    "body",
    "headers",
    "request",
    "text",
}
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "bind"}
BROAD = {"Exception", "BaseException"}


def sql_is_constant(module: Module) -> Iterator[Finding]:
    """SQL text is a literal, values are bound (threat row 106)."""
    for call in module.calls():
        name = dotted(call.func).rpartition(".")[2]
        if name in {"text", "exec_driver_sql"} and call.args and is_built(call.args[0]):
            yield module.at(call, f"{name}() of a built string: bind the values")


def is_built(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr() | ast.BinOp():
            return True
        case ast.Call(func=ast.Attribute(attr="format" | "join" | "format_map")):
            return True
        case _:
            return False


def escapes_everything(module: Module) -> Iterator[Finding]:
    """Nothing is declared safe: Jinja2 escapes all that people wrote (threat row 103); ruff S701 sees to autoescape."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Name(id="Markup") | ast.Attribute(attr="Markup") | ast.alias(name="Markup"):
                yield module.finding(node.lineno, "Markup() switches escaping off")


UNESCAPED = re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false|\bMarkup\(")


def template_escapes_everything(template: Text) -> Iterator[Finding]:
    """The same in templates."""
    for number, line in enumerate(template.content.splitlines(), start=1):
        if UNESCAPED.search(line):
            yield template.finding(number, "escaping is switched off")


def errors_do_not_pass(module: Module) -> Iterator[Finding]:
    """A fault never turns into a yes (authentik CVE-2024-47070: a policy that failed was counted as passed)."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        if node.type is None:
            yield module.at(node, "a bare except: name what may happen")
        elif is_broad(node.type):
            yield from (module.at(found, "a fault turns into a yes") for found in yeses(node))


def is_broad(caught: ast.expr) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(dotted(name).rpartition(".")[2] in BROAD for name in names)


def yeses(handler: ast.ExceptHandler) -> Iterator[ast.Return]:
    for node in ast.walk(handler):
        match node:
            case ast.Return(value=ast.Constant(value=value)) if value:
                yield node


def middleware_is_pure_asgi(module: Module) -> Iterator[Finding]:
    """BaseHTTPMiddleware costs most of the speed and breaks cancellation (docs/decisions)."""
    for node in ast.walk(module.tree):
        match node:
            case ast.alias(name="BaseHTTPMiddleware") | ast.Attribute(attr="BaseHTTPMiddleware"):
                yield module.finding(node.lineno, "write pure ASGI middleware")


def secrets_are_compared_in_constant_time(module: Module) -> Iterator[Finding]:
    """Digests are compared by `hmac.compare_digest` (threat row 135). In SQL `==` builds an expression."""
    if module.is_in("idp/storage/"):
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
                if (is_secret(left) or is_secret(right)) and not (literal(left) or literal(right)):
                    yield module.at(node, "compare secrets with hmac.compare_digest")


def is_secret(node: ast.expr) -> bool:
    return bool(COMPARED_SLOWLY.search(dotted(node).rpartition(".")[2].lower()))


def logs_are_silent_on_secrets(module: Module) -> Iterator[Finding]:
    """No password, code, token, cookie, link or body is written into a log (threat rows 63, 133)."""
    for call in module.calls():
        holder, _, method = dotted(call.func).rpartition(".")
        if method in LOG_METHODS and "log" in holder.lower():
            named = {keyword.arg for keyword in call.keywords if keyword.arg and not is_error_code(keyword.value)}
            yield from (module.at(call, f"{name} does not belong into a log") for name in sorted(named & LOGGED_NEVER))


def is_error_code(node: ast.expr) -> bool:
    """Whether it is the stable code of a refusal or an accident, which is made for the log."""
    return dotted(node) in {"error.code", "refusal.code", "accident.code"}
