"""Every setting may come from the environment, which wins over the file."""

from datetime import timedelta
from pathlib import Path

import pytest

from idp.config.loader import load
from idp.config.secret import SetFromOutside
from idp.config.settings import Settings
from tests.config.conftest import Loading, Refusing

COOLDOWN = "AUTH_LOCK_LOGIN_COOLDOWN"
FAILED_ATTEMPTS = "AUTH_LOCK_LOGIN_AFTER_FAILED_ATTEMPTS"


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        ("IDP_ISSUER", "https://id.example.com", ("issuer",), "https://id.example.com"),
        ("IDP_SERVER__PORT", "3200", ("server", "port"), 3200),
        ("IDP_SERVER__MAX_BODY", "32KiB", ("server", "max_body"), 32768),
        ("IDP_SERVER__MAX_BODY", "32768", ("server", "max_body"), 32768),
        ("IDP_LOCKOUT__KNOWN_DEVICES", "true", ("lockout", "known_devices"), True),
        ("IDP_LOCKOUT__COOLDOWN", "1h", ("lockout", "cooldown"), timedelta(hours=1)),
        ("IDP_BLOOM__LOCKED_STATUS", "429", ("bloom", "locked_status"), 429),
        ("IDP_COOKIES__SAME_SITE", "strict", ("cookies", "same_site"), "strict"),
        ("IDP_COOKIES__SECURE", "true", ("cookies", "secure"), True),
        ("IDP_PASSWORD__MINIMUM", "15", ("password", "minimum"), 15),
        ("IDP_PASSWORD__CLASSES", "upper,digit", ("password", "classes"), ("upper", "digit")),
        ("IDP_HASHING__THREADS", "2", ("hashing", "threads"), 2),
        ("IDP_MESSAGES__LANGUAGES", "es, en", ("messages", "languages"), ("es", "en")),
        ("IDP_MESSAGES__LANGUAGES", '["es"]', ("messages", "languages"), ("es",)),
        ("IDP_APPS__URLS", "", ("apps", "urls"), ()),
        ("IDP_APPS__URLS", "https://a.example.com", ("apps", "urls"), ("https://a.example.com",)),
        ("IDP_FLAGS__MFA", "true", ("flags",), {"mfa": True}),
        ("IDP_FLAGS__QUOTA", "7", ("flags",), {"quota": 7}),
        ("IDP_FLAGS__BANNER", "Welcome", ("flags",), {"banner": "Welcome"}),
        ("IDP_FLAGS", '{"enableSingleUseCode": true}', ("flags",), {"enableSingleUseCode": True}),
        ("IDP_SIGN_IN__FIRST_FACTORS", "ldap,password", ("sign_in", "first_factors"), ("ldap", "password")),
    ],
)
def test_a_variable_sets_a_setting(
    loaded: Loading, variable: str, text: str, key: tuple[str, ...], value: object
) -> None:
    settings: object = loaded("", {variable: text})

    for part in key:
        settings = getattr(settings, part)
    assert settings == value


def test_the_environment_wins_over_the_file(loaded: Loading) -> None:
    settings = loaded("[server]\nport = 3200\nworkers = 2", {"IDP_SERVER__PORT": "3300"})

    assert (settings.server.port, settings.server.workers) == (3300, 2)


def test_there_need_be_no_file() -> None:
    assert load(None, {"IDP_SERVER__PORT": "3300"}).server.port == 3300


def test_other_variables_are_none_of_ours(loaded: Loading) -> None:
    assert loaded("", {"PATH": "/bin", "SERVER__PORT": "1", "idp_server__port": "1"}).server.port == 3100


def test_the_name_of_the_file_is_no_setting(loaded: Loading) -> None:
    """The command line reads IDP_CONFIG."""
    assert loaded("", {"IDP_CONFIG": "config.toml"}) == loaded()


def test_what_kubernetes_says_of_a_service_named_idp_is_no_mistake(loaded: Loading) -> None:
    environ = {
        "IDP_SERVICE_HOST": "10.0.0.1",
        "IDP_SERVICE_PORT": "3100",
        "IDP_SERVICE_PORT_HTTP": "3100",
        "IDP_PORT": "tcp://10.0.0.1:3100",
        "IDP_PORT_3100_TCP": "tcp://10.0.0.1:3100",
        "IDP_PORT_3100_TCP_ADDR": "10.0.0.1",
    }

    assert loaded("", environ) == loaded()


@pytest.mark.parametrize(
    ("variable", "mend"),
    [
        ("IDP_LOKOUT__COOLDOWN", "Did you mean IDP_LOCKOUT__COOLDOWN?"),
        ("IDP_SERVER_PORT", "Did you mean IDP_SERVER__PORT?"),
        ("IDP_SERVER__PORT__X", "Did you mean IDP_SERVER__PORT?"),
        ("IDP_SERVER__", "IDP_SERVER__"),
        ("IDP_QQQQQQQQQQQQQQQQ", "docs/settings.md"),
        ("IDP_BLOOM__PASSKEY__VALUE", "Did you mean IDP_BLOOM__PASSKEY?"),
    ],
)
def test_a_variable_that_names_no_setting_is_told(refused: Refusing, variable: str, mend: str) -> None:
    (problem,) = refused("", {variable: "canary"})

    assert problem.key == variable
    assert problem.reason == "names no setting"
    assert mend in problem.mend
    assert "canary" not in str(problem)


@pytest.mark.parametrize(
    ("variable", "text", "key"),
    [
        ("IDP_SERVER__PORT", "canary", "server.port"),
        ("IDP_LOCKOUT__COOLDOWN", "900000", "lockout.cooldown"),
        ("IDP_DEMO", "yes", "demo"),
        ("IDP_MESSAGES__LANGUAGES", "en,canary", "messages.languages[1]"),
        ("IDP_MESSAGES__LANGUAGES", '["en"', "messages.languages"),
        ("IDP_FLAGS", '{"mfa":', "flags"),
        ("IDP_SERVER", "canary", "server"),
        ("IDP_BLOOM__PASSKEY", "", "bloom.passkey"),
        ("IDP_BLOOM__PASSKEY__FILE", "nowhere", "bloom.passkey"),
    ],
)
def test_a_wrong_value_names_the_variable_it_came_from(refused: Refusing, variable: str, text: str, key: str) -> None:
    (problem,) = refused("", {variable: text})

    assert problem.key == key
    assert f"(set by the environment variable {variable})" in problem.reason
    assert "canary" not in str(problem)


def test_a_secret_may_come_directly(loaded: Loading) -> None:
    settings = loaded("", {"IDP_BLOOM__PASSKEY": "0123456789"})

    assert settings.bloom.passkey is not None
    assert settings.bloom.passkey.get_secret_value() == "0123456789"


@pytest.mark.parametrize("place", ["ENV", "FILE"])
def test_a_secret_may_come_by_its_place(loaded: Loading, tmp_path: Path, place: str) -> None:
    (tmp_path / "word").touch(mode=0o600)
    (tmp_path / "word").write_text("0123456789\n")
    where = {"ENV": "API_PASS_KEY", "FILE": "word"}[place]

    settings = loaded("", {f"IDP_BLOOM__PASSKEY__{place}": where, "API_PASS_KEY": "0123456789"})

    assert settings.bloom.passkey is not None
    assert settings.bloom.passkey.get_secret_value() == "0123456789"


def test_a_database_address_may_come_with_its_password(loaded: Loading) -> None:
    url = "postgresql://idp:word@db.example.com/idp"

    assert loaded("", {"IDP_DATABASE__URL": url}).database.url.get_secret_value() == url


def test_a_variable_that_the_file_names_for_a_secret_is_no_setting(loaded: Loading) -> None:
    text = "[plugins.smtp]\npassword = { env = 'IDP_SMTP_PASSWORD' }"

    assert loaded(text, {"IDP_SMTP_PASSWORD": "0123456789"}).plugins["smtp"]["password"]


def test_names_of_ones_own_are_matched_with_those_in_the_file(loaded: Loading) -> None:
    settings = loaded(
        "[jurisdictions.'Bay Area']\nlanguages = ['en']",
        {
            "IDP_JURISDICTIONS__BAY_AREA__PUBLIC_URL": "https://bay.example.com",
            "IDP_JURISDICTIONS__BAY_AREA__PASSWORD": "nist",
        },
    )

    bay_area = settings.jurisdictions["Bay Area"]
    assert bay_area.public_url == "https://bay.example.com"
    assert bay_area.languages == ("en",)
    assert bay_area.password is not None
    assert bay_area.password.preset == "nist"


def test_a_new_name_is_taken_in_lower_case(loaded: Loading) -> None:
    settings = loaded("", {"IDP_TEAMS__RED__FLAGS__MFA": "true"})

    assert settings.teams["red"].flags == {"mfa": True}


def test_a_plugin_may_be_enabled_and_set_from_outside(loaded: Loading) -> None:
    """What type its settings have only the plugin knows: texts, and JSON where it is one."""
    settings = loaded(
        "[plugins.smtp]\nhost = 'a'",
        {
            "IDP_PLUGINS__SMTP__HOST": "b",
            "IDP_PLUGINS__SMTP__PORT": "587",
            "IDP_PLUGINS__SMTP__PASSWORD": "word",
            "IDP_PLUGINS__FILE__CHANNELS": '["email", "sms"]',
            "IDP_PLUGINS__TOTP": "{}",
        },
    )

    assert settings.plugins == {
        "smtp": {"host": "b", "port": "587", "password": "word"},
        "file": {"channels": ["email", "sms"]},
        "totp": {},
    }
    assert isinstance(settings.plugins["smtp"]["password"], SetFromOutside)


def test_a_plugins_secret_may_come_by_its_place(loaded: Loading) -> None:
    settings = loaded("[plugins.smtp]", {"IDP_PLUGINS__SMTP__PASSWORD__ENV": "WORD", "WORD": "0123456789"})

    assert settings.plugins["smtp"]["password"].get_secret_value() == "0123456789"


def test_a_table_given_whole_is_refined_by_its_keys(loaded: Loading) -> None:
    settings = loaded("", {"IDP_SERVER": '{"port": 3200, "workers": 2}', "IDP_SERVER__PORT": "3300"})

    assert (settings.server.port, settings.server.workers) == (3300, 2)


def test_routes_come_as_json(loaded: Loading) -> None:
    settings = loaded("", {"IDP_PUBLIC_ROUTES": '[{"path": "/listings", "methods": ["GET"]}]'})

    assert settings.public_routes[0].path == "/listings"


def test_a_mistake_in_the_file_stays_one(refused: Refusing) -> None:
    (problem,) = refused("server = 3", {"IDP_SERVER__PORT": "3200"})

    assert problem.key == "server"


def test_blooms_own_variables_are_honoured(loaded: Loading) -> None:
    """Names and unit of the seed: the cooldown is in milliseconds."""
    settings = loaded("[lockout]\nfailed_attempts = 7", {FAILED_ATTEMPTS: "3", COOLDOWN: "1800000"})

    assert settings.lockout.failed_attempts == 3
    assert settings.lockout.cooldown == timedelta(minutes=30)


def test_our_own_variables_win_over_blooms(loaded: Loading) -> None:
    settings = loaded(
        "",
        {
            FAILED_ATTEMPTS: "nonsense",
            COOLDOWN: "nonsense",
            "IDP_LOCKOUT__FAILED_ATTEMPTS": "4",
            "IDP_LOCKOUT__COOLDOWN": "1m",
        },
    )

    assert settings.lockout.failed_attempts == 4
    assert settings.lockout.cooldown == timedelta(minutes=1)


@pytest.mark.parametrize("text", ["", "five", "5.0", "15m", "-", "9" * 13])
@pytest.mark.parametrize(
    ("variable", "key"), [(FAILED_ATTEMPTS, "lockout.failed_attempts"), (COOLDOWN, "lockout.cooldown")]
)
def test_blooms_variables_are_named_when_they_are_malformed(
    refused: Refusing, variable: str, key: str, text: str
) -> None:
    (problem,) = refused("", {variable: text})

    assert problem.key == key
    assert problem.reason.startswith(f"{variable} is not a whole number")
    assert variable in problem.mend


@pytest.mark.parametrize(("variable", "text"), [(FAILED_ATTEMPTS, "0"), (FAILED_ATTEMPTS, "101"), (COOLDOWN, "1")])
def test_blooms_variables_are_held_to_our_limits(refused: Refusing, variable: str, text: str) -> None:
    (problem,) = refused("", {variable: text})

    assert problem.reason.startswith("is too ")
    assert variable in problem.reason


def test_every_fixed_setting_has_a_variable(loaded: Loading) -> None:
    """Each one, set to its own default, loads: no key is out of the environment's reach."""
    defaults = Settings().model_dump(mode="json")
    environ = {
        f"IDP_{table}__{name}".upper(): text(value)
        for table, settings in defaults.items()
        if isinstance(settings, dict)
        for name, value in settings.items()
        if value is not None
    }

    assert loaded("", environ) == loaded()


def text(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list():
            return ",".join(map(str, value))
    return str(value)
