"""Constructs that went wrong elsewhere."""

import pytest

from tests.house import danger
from tests.house.project import ModuleRule, Text, assert_kept, assert_none, planted, texts

RULES = [
    danger.sql_is_constant,
    danger.escapes_everything,
    danger.errors_do_not_pass,
    danger.middleware_is_pure_asgi,
    danger.secrets_are_compared_in_constant_time,
    danger.logs_are_silent_on_secrets,
]

SEEN: list[tuple[ModuleRule, str]] = [
    (danger.sql_is_constant, 'text(f"SELECT {name}")'),
    (danger.sql_is_constant, 'sqlalchemy.text("SELECT " + name)'),
    (danger.sql_is_constant, 'connection.exec_driver_sql("SELECT %s" % name)'),
    (danger.sql_is_constant, 'sa.text("SELECT {}".format(name))'),
    (danger.escapes_everything, "from markupsafe import Markup"),
    (danger.escapes_everything, "jinja2.Markup(name)"),
    (danger.errors_do_not_pass, "try: ...\nexcept: ..."),
    (danger.errors_do_not_pass, "def f():\n  try: ...\n  except Exception: return True"),
    (danger.errors_do_not_pass, 'def f():\n  try: ...\n  except (ValueError, Exception) as e:\n    return "ok"'),
    (danger.middleware_is_pure_asgi, "from starlette.middleware.base import BaseHTTPMiddleware"),
    (danger.middleware_is_pure_asgi, "class Timing(base.BaseHTTPMiddleware): ..."),
    (danger.secrets_are_compared_in_constant_time, "if given == stored.digest: ..."),
    (danger.secrets_are_compared_in_constant_time, "wrong = refresh_token != other"),
    (danger.logs_are_silent_on_secrets, 'log.info("sent", code=code)'),
    (danger.logs_are_silent_on_secrets, 'self.context.log.warning("refused", headers=headers)'),
]

UNSEEN: list[tuple[ModuleRule, str]] = [
    (danger.sql_is_constant, 'text("SELECT 1")'),
    (danger.sql_is_constant, "message.text"),
    (danger.escapes_everything, "Environment(autoescape=True)\nescape(name)"),
    (danger.errors_do_not_pass, "def f():\n  try: ...\n  except ValueError: return True"),
    (danger.errors_do_not_pass, "def f():\n  try: ...\n  except Exception: return False"),
    (danger.errors_do_not_pass, "try: ...\nexcept Exception as e: raise PluginFailed() from e"),
    (danger.secrets_are_compared_in_constant_time, "if compare_digest(given, stored.digest): ..."),
    (danger.secrets_are_compared_in_constant_time, 'if kind == "refresh" or status_code == 401: ...'),
    (danger.logs_are_silent_on_secrets, 'log.info("sent", channel="email")'),
    (danger.logs_are_silent_on_secrets, "Message(code=code)"),
    (danger.logs_are_silent_on_secrets, 'log.info("refused", code=error.code)'),
]


@pytest.mark.parametrize("rule", RULES)
def test_nothing_dangerous_is_written(rule: ModuleRule) -> None:
    assert_kept(rule, "idp/")


def test_templates_escape_everything() -> None:
    templates = (text for text in texts() if text.path.startswith("idp/") and not text.path.endswith(".py"))

    assert_none(finding for text in templates for finding in danger.template_escapes_everything(text))


@pytest.mark.parametrize(("rule", "source"), SEEN)
def test_danger_is_seen(rule: ModuleRule, source: str) -> None:
    assert len(list(rule(planted(source)))) == 1


@pytest.mark.parametrize(("rule", "source"), UNSEEN)
def test_what_is_right_passes(rule: ModuleRule, source: str) -> None:
    assert not list(rule(planted(source)))


@pytest.mark.parametrize("line", ["{{ name|safe }}", "{{ name | safe }}", "{% autoescape false %}", "Markup(x)"])
def test_an_unescaped_template_is_seen(line: str) -> None:
    assert list(danger.template_escapes_everything(Text(path="idp/web/page.html", content=line)))


def test_every_rule_is_shown_a_breach() -> None:
    assert {rule for rule, _ in SEEN} == set(RULES)
