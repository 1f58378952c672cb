"""Every mistake is told at once, with its key, the reason and the mend."""

import stat
from pathlib import Path

import pytest

from idp.config.loader import load
from idp.config.problem import ConfigurationRefused, Problem, dotted
from tests.config.conftest import Loading, Refusing

CANARY = "c4n4ry-s3cr3t"


@pytest.mark.parametrize(
    ("text", "key", "reason", "mend"),
    [
        ("[lockout]\ncooldwn = '15m'", "lockout.cooldwn", "is no setting", "Did you mean lockout.cooldown?"),
        ("port = 3100", "port", "is no setting", "Did you mean server.port?"),
        ("bogus = 1", "bogus", "is no setting", "docs/settings.md names all settings."),
        ("[audit]\nzzz = 1", "audit.zzz", "is no setting", "Known here: keep."),
        ("[jurisdictions.X]\nlanguage = []", "jurisdictions.X.language", "is no setting", "jurisdictions.X.languages?"),
        ("[server]\nport = '3100'", "server.port", "is not a whole number", "without quotes"),
        ("[server]\nport = true", "server.port", "is not a whole number", "without quotes"),
        ("[server]\nport = 70000", "server.port", "is too large", "At most 65535."),
        ("[server]\nworkers = 0", "server.workers", "is too small", "At least 1."),
        ("[server]\nmax_body = '64KB'", "server.max_body", "is not a size", '"64KiB"'),
        ("[server]\nmax_body = 10", "server.max_body", "is too small", "At least 1KiB."),
        ("server = 3", "server", "is not a table", "[server]"),
        ("demo = 1", "demo", "is not true or false", "true or false"),
        ("default_jurisdiction = 3", "default_jurisdiction", "is not a text", "in quotes"),
        ("default_jurisdiction = ''", "default_jurisdiction", "is empty", "leave the line out"),
        ("[messages]\nlanguages = 'en'", "messages.languages", "is not a list", "in brackets"),
        ("[messages]\nlanguages = []", "messages.languages", "is empty", "at least one"),
        ("[messages]\nlanguages = ['en', 'English']", "messages.languages[1]", "is no language", "BCP 47"),
        ("[codes]\nlife = '1h'", "codes.life", "is too large", "At most 10m."),
        ("[codes]\nlife = 600", "codes.life", "is not a duration", '"15m"'),
        ("[links]\nreset = '2h'", "links.reset", "is too large", "At most 1h."),
        ("[lockout]\nfailed_attempts = 101", "lockout.failed_attempts", "is too large", "At most 100."),
        ("[oidc]\ndefault_scope = ['email']", "oidc.default_scope", 'is without "openid"', '["openid"]'),
        ("[oidc]\ndefault_scope = ['openid email']", "oidc.default_scope", "holds what is no scope", "One word"),
        ("[oidc]\nsmallest_rsa = 1024", "oidc.smallest_rsa", "is none of the values", "2048, 3072 or 4096"),
        ("[oidc]\ncode_life = '61s'", "oidc.code_life", "is too large", "At most 1m."),
        ("[clients.shop]\naccess_life = '25h'", "clients.shop.access_life", "is too large", "At most 24h."),
        ("[sessions]\nrefresh_grace = '11s'", "sessions.refresh_grace", "is too large", "At most 10s."),
        ("[password]\nmaximum = 64", "password.maximum", "is too small", "At least 128."),
        ("[password]\nminimum = 7", "password.minimum", "is too small", "At least 8."),
        ("[throttle]\nsms = '10'", "throttle.sms", "is not a rate", '"5/10m"'),
        ("[throttle]\nsms = '0/1m'", "throttle.sms", "allows nothing", '"5/10m"'),
        ("[cookies]\nsame_site = 'Lax'", "cookies.same_site", "is none of the values", '"lax", "strict" or "none"'),
        ("[bloom]\nlocked_status = 403", "bloom.locked_status", "is none of the values", "401 or 429"),
        ("[bloom]\naccess_cookie = 'a b'", "bloom.access_cookie", "is no name for a cookie", "letters"),
        ("[bloom]\naccess_cookie = '__Host-a'", "bloom.access_cookie", "contains the prefix", "cookies.prefix"),
        ("[flags]\nmfa = 1.5", "flags.mfa", "is no value for a feature", "true, false"),
        ("[flags]\n'a b' = true", 'flags."a b"', "is no name for a feature", "letters"),
        ("[features.reports]", "features.reports.description", "is missing", "Add it."),
        ("[jurisdictions.' a']", 'jurisdictions." a"', "is no name for a tenant", "no blanks"),
        (f"[jurisdictions.{'a' * 129}]", "jurisdictions." + "a" * 129, "is no name for a tenant", "128 characters"),
        ("[server]\ntrusted_proxies = [3]", "server.trusted_proxies[0]", "is not a network", "10.0.0.0/8"),
        ("[database]\nurl = 3", "database.url", "is not a database address", "sqlite:///var/idp.db"),
        ('[database]\nurl = "sqlite:///a\\nb"', "database.url", "contains a control character", "sqlite:///var/idp.db"),
        ("[security]\npolicy = 'http://example.com'", "security.policy", "is not an https address", "https://"),
        ("[plugins]\nsmtp = 3", "plugins.smtp", "is not a table", "[plugins.smtp]"),
        ("[jurisdictions.X]\npassword = 'nits'", "jurisdictions.X.password", "names no preset", "default, nist, bloom"),
        ("[[public_routes]]\npath = '/a'", "public_routes[0].methods", "is missing", "Add it."),
        ("[[public_routes]]\npath='/a'\nmethods=['GET','GET']", "public_routes[0].methods", "names a method twice", ""),
        (
            "[[public_routes]]\npath='/a'\nmethods=['get']",
            "public_routes[0].methods[0]",
            "is none of the values",
            '"GET"',
        ),
    ],
)
def test_a_mistake_is_told_by_key_reason_and_mend(
    refused: Refusing, text: str, key: str, reason: str, mend: str
) -> None:
    (problem,) = refused(text)

    assert problem.key == key
    assert problem.reason.startswith(reason)
    assert mend in problem.mend


def test_all_mistakes_are_told_at_once(refused: Refusing) -> None:
    """Single settings, contradictions between others, the environment, files and secrets, in one refusal."""
    problems = refused(
        """
        issuer = "https://id.example.com"
        demo = true
        prt = 1
        [server]
        port = "x"
        [cookies]
        secure = false
        [bloom]
        passkey = { env = "NOBODY_SET_THIS" }
        [messages]
        templates = "nowhere"
        [plugins.twilio]
        token = { file = "nowhere" }
        """,
        {"IDP_SERVR__PORT": "1", "AUTH_LOCK_LOGIN_COOLDOWN": "15m"},
    )

    assert [problem.key for problem in problems] == [
        "demo",
        "server.port",
        "cookies.secure",
        "bloom.passkey",
        "lockout.cooldown",
        "messages.templates",
        "plugins.twilio.token",
        "IDP_SERVR__PORT",
        "prt",
    ]


def test_a_wrong_setting_is_not_told_twice_as_a_contradiction(refused: Refusing) -> None:
    """`publish_lead` cannot be read, so nothing is said of its order with `jwks_max_age`."""
    problems = refused("[keys]\njwks_max_age = '1h'\npublish_lead = 'soon'")

    assert [problem.key for problem in problems] == ["keys.publish_lead"]


def test_a_mistake_in_an_entry_of_ones_own_leaves_the_rest_judged(refused: Refusing) -> None:
    problems = refused("demo = true\nissuer = 'https://id.example.com'\n[features.x]\ndescription = 3")

    assert [problem.key for problem in problems] == ["demo", "features.x.description"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a = 1\nb = [1,\n", "line 3, column 1"),
        ("a = 1\n[server\n", "line 2, column 8"),
        ("a = 1\nb", "line 2, column 2"),
        ("[secret_table]\n[secret_table]", "line 2, column 14"),
        ("issuer = ", "line 1, column 10"),
        ("a = 1\na = 2", "line 2, column 6"),
        ('a = "', "line 1, column 6"),
    ],
)
def test_toml_that_is_none_is_told_by_line_and_column(refused: Refusing, text: str, place: str) -> None:
    (problem,) = refused(text)

    assert problem.key.endswith("config.toml")
    assert place in problem.reason
    assert problem.mend


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused) as refusal:
        load(tmp_path / "nowhere.toml", {})

    (problem,) = refusal.value.problems
    assert problem.key == str(tmp_path / "nowhere.toml")
    assert "cannot be read: No such file" in problem.reason
    assert "--config" in problem.mend


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused, match="cannot be read"):
        load(tmp_path, {})


def test_a_file_that_is_not_utf_8_is_told_by_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"demo = false\nissuer = '\xff'\n")

    with pytest.raises(ConfigurationRefused, match="is not UTF-8, in line 2"):
        load(path, {})


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[server]\nport = 3200\n")

    assert load(path, {}).server.port == 3200


def test_a_file_nested_without_end_is_refused(refused: Refusing) -> None:
    (problem,) = refused("a = " + "[" * 100_000)

    assert "nested too deeply" in problem.reason


def test_a_file_of_many_megabytes_is_refused(refused: Refusing) -> None:
    (problem,) = refused("#" * (1024 * 1024 + 1))

    assert "larger than 1 MiB" in problem.reason


@pytest.mark.parametrize(
    "text",
    [
        "issuer = 'http://{0}.example.com'",
        "demo = '{0}'",
        "[server]\nport = '{0}'",
        "[server]\nmax_body = '{0}'",
        "[server]\ntrusted_proxies = ['{0}']",
        "[database]\nurl = 'postgresql://u:{0}@h/d'",
        "[database]\nurl = '{0}'",
        "[keys]\nmaster_key = '{0}'",
        "[bloom]\npasskey = '{0}'",
        "[bloom]\npasskey = {{ value = '{0}' }}",
        "[cookies]\nprefix = '{0}'",
        "[codes]\nlife = '{0}'",
        "[throttle]\nsms = '{0}'",
        "[messages]\nlanguages = ['{0}']",
        "[security]\ncontact = '{0}'",
        "[plugins]\nsmtp = '{0}'",
        "[plugins.smtp]\nheader = '{0}\\n'",
        "plugins = '{0}",
        "[server]\nport = {0}",
    ],
)
def test_no_mistake_quotes_the_value(refused: Refusing, text: str) -> None:
    """It may be a secret in the wrong place (row 133)."""
    problems = refused(text.format(CANARY) if "header" not in text else '[plugins.smtp]\nheader = "' + CANARY + '\\n"')

    assert problems
    assert all(CANARY not in str(problem) for problem in problems)


@pytest.mark.parametrize("character", ["\\n", "\\r", "\\u0000", "\\u001b", "\\u007f", "\\u0085", "\\u2028"])
@pytest.mark.parametrize(
    ("template", "key"),
    [
        ('default_jurisdiction = "Bay{0}Area"', "default_jurisdiction"),
        ('[messages]\nfrom_name = "Sign{0}in"', "messages.from_name"),
        ('[flags]\nbanner = "a{0}b"', "flags.banner"),
        ('[plugins.smtp]\nfrom = "a{0}b"', "plugins.smtp.from"),
        ('[plugins.smtp]\nlist = ["a", "a{0}b"]', "plugins.smtp.list[1]"),
        ('[keys]\nmaster_key_file = "a{0}b"', "keys.master_key_file"),
    ],
)
def test_a_control_character_reaches_no_header_mail_or_log(
    refused: Refusing, character: str, template: str, key: str
) -> None:
    """Row 109: uvicorn CVE-2020-7695, Keycloak CVE-2024-11734."""
    (problem,) = refused(template.format(character))

    assert problem.key == key
    assert problem.reason


def test_terms_may_have_several_lines(loaded: Loading) -> None:
    """They are only ever shown as JSON."""
    settings = loaded('[jurisdictions.X]\npartner_terms = "Be kind.\\nBe fair."')

    assert settings.jurisdictions["X"].partner_terms == "Be kind.\nBe fair."


def test_terms_have_no_other_control_character(refused: Refusing) -> None:
    (problem,) = refused('[jurisdictions.X]\npartner_terms = "Be\\u001bkind."')

    assert problem.key == "jurisdictions.X.partner_terms"


def test_a_list_of_common_passwords_that_is_not_there_is_told(refused: Refusing, tmp_path: Path) -> None:
    (problem,) = refused("[password]\ncommon_list_file = 'more.txt'")

    assert problem.key == "password.common_list_file"
    assert str(tmp_path / "more.txt") in problem.reason


def test_a_master_key_that_others_may_read_is_told(refused: Refusing, tmp_path: Path) -> None:
    """Row 89."""
    key = tmp_path / "var" / "master.key"
    key.parent.mkdir()
    key.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
    key.chmod(0o640)

    (problem,) = refused()

    assert problem.key == "keys.master_key_file"
    assert "mode 0640" in problem.reason
    assert problem.mend == f"chmod 600 {key}"


def test_a_master_key_that_is_no_file_is_told(refused: Refusing, tmp_path: Path) -> None:
    (tmp_path / "var" / "master.key").mkdir(parents=True)

    (problem,) = refused()

    assert problem.reason.startswith("names no readable file")


def test_a_master_key_for_its_owner_alone_is_fine(loaded: Loading, tmp_path: Path) -> None:
    key = tmp_path / "var" / "master.key"
    key.parent.mkdir()
    key.touch(mode=0o600)

    assert loaded().keys.master_key_file == key


def test_an_empty_file_is_the_default_set_up(loaded: Loading) -> None:
    assert loaded().issuer == "http://localhost:3100"


def test_a_refusal_reads_as_one_line_a_problem() -> None:
    first = Problem(key="a.b", reason="is no c", mend="Write a c.")
    second = Problem(key="d", reason="is empty", mend="Fill it.")

    assert str(ConfigurationRefused([first, second])) == "a.b: is no c. Write a c.\nd: is empty. Fill it."


def test_keys_are_spelled_as_in_toml() -> None:
    assert dotted(("jurisdictions", "Bay Area", "languages", 0)) == 'jurisdictions."Bay Area".languages[0]'
