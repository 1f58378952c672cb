"""`idp client`, `idp resource`: in effect at once; a secret is shown once."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command_line import CommandLine

CALLBACK = "https://app.example.com/callback"


def create(idp: CommandLine, *words: str) -> Any:
    return idp.ask("client", "create", "--client-id", "app", "--redirect-uri", CALLBACK, *words)


def configured(idp: CommandLine) -> None:
    """A client of the configuration, beside those of the command line."""
    table = f'[clients.shop]\nredirect_uris = ["{CALLBACK}"]\n'
    idp.config.write_text(idp.config.read_text() + table)


def test_without_secret_and_method_it_is_a_public_client(idp: CommandLine) -> None:
    made = create(idp)

    assert (made["client_id"], made["token_endpoint_auth_method"]) == ("app", "none")
    assert "client_secret" not in made
    assert made["grant_types"] == ["authorization_code", "refresh_token"]
    assert made["response_types"] == ["code"]


def test_with_a_secret_it_is_a_confidential_one(idp: CommandLine) -> None:
    made = create(idp, "--secret", "a secret of ours")

    assert (made["client_secret"], made["token_endpoint_auth_method"]) == ("a secret of ours", "client_secret_basic")


def test_a_secret_comes_by_the_standard_input(idp: CommandLine) -> None:
    words = ("client", "create", "--redirect-uri", CALLBACK, "--secret-stdin")

    assert idp.ask(*words, typed="geheim geheim\n")["client_secret"] == "geheim geheim"
    assert idp.refuse(*words, typed="")["error"] == "usage"
    assert idp.refuse(*words, "--secret", "x", typed="y\n")["error"] == "usage"


def test_a_secret_that_is_needed_is_made_and_shown_once(idp: CommandLine) -> None:
    made = create(idp, "--auth-method", "client_secret_post")
    shown = idp.ask("client", "show", "app")

    assert len(made["client_secret"]) == 43
    assert "client_secret" not in shown
    assert made["client_secret"] not in json.dumps(shown)
    assert made["client_secret"].encode() not in (idp.folder / "idp.db").read_bytes()


def test_every_option_of_the_issue_is_taken(idp: CommandLine) -> None:
    made = create(
        idp,
        *("--redirect-uri", "http://localhost:3000/callback", "--post-logout-redirect-uri", "https://app.example.com/"),
        *("--grant-type", "authorization_code", "--grant-type", "client_credentials", "--response-type", "code"),
        *("--scope", "openid email", "--secret", "s3cret", "--auth-method", "client_secret_post", "--skip-consent"),
        *("--metadata", '{"client_name": "From JSON", "id_token_signed_response_alg": "ES256"}', "--name", "My app"),
    )

    assert made["redirect_uris"] == [CALLBACK, "http://localhost:3000/callback"]
    assert made["post_logout_redirect_uris"] == ["https://app.example.com/"]
    assert made["grant_types"] == ["authorization_code", "client_credentials"]
    assert (made["scope"], made["skip_consent"]) == ("openid email", True)
    assert (made["client_name"], made["id_token_signed_response_alg"]) == ("My app", "ES256")


def test_metadata_may_lie_in_a_file(idp: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text(json.dumps({"redirect_uris": [CALLBACK], "client_name#es": "Hola"}))

    made = idp.ask("client", "create", "--metadata", f"@{tmp_path / 'app.json'}")

    assert (made["redirect_uris"], made["client_name#es"]) == ([CALLBACK], "Hola")
    assert len(made["client_id"]) == 36


def test_a_machine_needs_no_redirect_uri(idp: CommandLine) -> None:
    made = idp.ask("client", "create", "--client-id", "job", "--secret", "x" * 32, "--grant-type", "client_credentials")

    assert (made["redirect_uris"], made["response_types"]) == ([], [])


@pytest.mark.parametrize(
    ("words", "error", "code"),
    [
        (("--redirect-uri", "http://app.example.com/"), "invalid_redirect_uri", 1),
        (("--grant-type", "implicit"), "invalid_client_metadata", 1),
        (("--response-type", "token"), "invalid_client_metadata", 1),
        (("--auth-method", "none", "--secret", "x"), "invalid_request", 1),
        (("--secret", "ä"), "invalid_request", 1),
        (("--metadata", "[]"), "usage", 2),
        (("--metadata", '{"client_secret": "x"}'), "usage", 2),
        (("--metadata", "@/nowhere.json"), "file", 1),
        (("--profile", "fapi2"), "invalid_client_metadata", 1),
        (("--access-life", "soon"), "usage", 2),
        (("--access-life", "29s"), "usage", 2),
        (("--id-token-life", "25h"), "usage", 2),
        (("--refresh-life", "500d"), "usage", 2),
    ],
)
def test_what_makes_no_sense_is_refused(idp: CommandLine, words: tuple[str, ...], error: str, code: int) -> None:
    refusal = idp.refuse("client", "create", "--client-id", "app", "--redirect-uri", CALLBACK, *words)

    assert (refusal["error"], refusal["exit"]) == (error, code)
    assert idp.ask("client", "list")["items"] == []


@pytest.mark.parametrize("client_id", ["", "a b", "ä", "x" * 129])
def test_an_id_is_plain(idp: CommandLine, client_id: str) -> None:
    assert idp.refuse("client", "create", "--client-id", client_id, "--redirect-uri", CALLBACK)["exit"] == 1


def test_a_client_that_a_document_describes_can_be_kept_out(idp: CommandLine) -> None:
    address = "https://app.example.com/client.json"
    idp.ask("client", "create", "--client-id", address, "--redirect-uri", CALLBACK)

    assert idp.ask("client", "update", address, "--disable")["disabled"] is True


def test_an_id_is_given_once(idp: CommandLine) -> None:
    create(idp)

    assert (
        idp.refuse("client", "create", "--client-id", "app", "--redirect-uri", CALLBACK)["error"] == "invalid_request"
    )


async def test_a_running_server_knows_it_at_once(idp: CommandLine) -> None:
    async with idp.server() as server:
        assert server.openid is not None
        await idp.beside("client", "create", "--client-id", "app", "--redirect-uri", CALLBACK)
        made = await server.openid.clients.find("app")
        await idp.beside("client", "update", "app", "--name", "New name")
        changed = await server.openid.clients.find("app")
        await idp.beside("client", "update", "app", "--disable")
        disabled = await server.openid.clients.find("app")

    assert made is not None
    assert changed is not None
    assert (made.name, changed.name, disabled) == ("app", "New name", None)


def test_what_is_given_replaces_and_the_rest_stays(idp: CommandLine) -> None:
    create(idp, "--name", "My app", "--skip-consent", "--metadata", '{"tos_uri": "https://app.example.com/tos"}')

    changed = idp.ask("client", "update", "app", "--redirect-uri", "https://new.example.com/", "--ask-consent")
    cleared = idp.ask("client", "update", "app", "--metadata", '{"tos_uri": null}', "--access-life", "5m")

    assert (changed["redirect_uris"], changed["client_name"]) == (["https://new.example.com/"], "My app")
    assert (changed["skip_consent"], changed["tos_uri"]) == (False, "https://app.example.com/tos")
    assert ("tos_uri" in cleared, cleared["access_life"]) == (False, 300)

    assert idp.ask("client", "update", "app", "--access-life", "0s")["access_life"] is None
    assert idp.refuse("client", "update", "app")["error"] == "usage"
    assert idp.refuse("client", "update", "app", "--redirect-uri", "ftp://x")["error"] == "invalid_redirect_uri"


def test_a_client_that_turns_to_a_secret_is_given_one(idp: CommandLine) -> None:
    create(idp)

    to_secret = idp.ask("client", "update", "app", "--auth-method", "client_secret_basic")
    same_secret = idp.ask("client", "update", "app", "--auth-method", "client_secret_post")
    to_hmac = idp.ask("client", "update", "app", "--auth-method", "client_secret_jwt")

    assert len(to_secret["client_secret"]) == 43
    assert "client_secret" not in same_secret
    assert len(to_hmac["client_secret"]) == 43


def test_a_rotated_secret_may_overlap(idp: CommandLine) -> None:
    old = create(idp, "--auth-method", "client_secret_basic")["client_secret"]

    new = idp.ask("client", "rotate-secret", "app", "--overlap", "1h")["client_secret"]
    kept = idp.change(lambda work, _: work.oauth.clients.by_id("app"))  # type: ignore[arg-type]
    newest = idp.ask("client", "rotate-secret", "--client-id", "app", "--secret", "of my own")["client_secret"]
    alone = idp.change(lambda work, _: work.oauth.clients.by_id("app"))  # type: ignore[arg-type]

    assert kept is not None
    assert alone is not None
    assert [secret.expires_at is None for secret in kept.secrets] == [True, False]
    assert len({old, new, newest}) == 3
    assert (newest, len(alone.secrets)) == ("of my own", 1)


def test_a_public_client_has_no_secret_to_rotate(idp: CommandLine) -> None:
    create(idp)

    assert idp.refuse("client", "rotate-secret", "app")["error"] == "invalid_request"


def test_a_deleted_client_is_gone(idp: CommandLine) -> None:
    create(idp)

    assert idp.ask("client", "delete", "app") == {"client_id": "app", "deleted": True}
    assert idp.refuse("client", "show", "app")["error"] == "not_found"
    assert idp.refuse("client", "delete", "app")["error"] == "not_found"


@pytest.mark.parametrize("verb", ["show", "update", "rotate-secret", "delete"])
def test_every_verb_wants_one_client(idp: CommandLine, verb: str) -> None:
    more = ("--name", "x") if verb == "update" else ()

    assert idp.refuse("client", verb, *more)["error"] == "usage"
    assert idp.refuse("client", verb, "a", "--client-id", "b", *more)["error"] == "usage"
    assert idp.refuse("client", verb, "nobody", *more)["error"] == "not_found"


def test_a_client_of_the_configuration_is_changed_there(idp: CommandLine) -> None:
    configured(idp)

    assert idp.ask("client", "show", "shop")["origin"] == "config"
    for words in (("update", "shop", "--disable"), ("rotate-secret", "shop"), ("delete", "shop")):
        assert idp.refuse("client", *words)["error"] == "forbidden"


def test_a_list_goes_on_where_it_stopped(idp: CommandLine) -> None:
    for name in "abc":
        idp.ask("client", "create", "--client-id", name, "--redirect-uri", CALLBACK)

    first = idp.ask("client", "list", "--limit", "2")
    rest = idp.ask("client", "list", "--after", first["next"])

    assert [one["client_id"] for one in first["items"]] == ["a", "b"]
    assert [one["client_id"] for one in rest["items"]] == ["c"]
    assert rest["next"] is None


def test_every_change_is_in_the_trail_without_a_secret(idp: CommandLine) -> None:
    create(idp, "--secret", "geheim-geheim")
    idp.ask("client", "update", "app", "--name", "New")
    idp.ask("client", "rotate-secret", "app", "--secret", "neu-geheim")
    idp.ask("client", "delete", "app")

    entries = idp.ask("audit", "--limit", "10")["items"]

    assert {entry["name"] for entry in entries} >= {
        "client.created",
        "client.updated",
        "client.secret_rotated",
        "client.deleted",
    }
    assert "geheim" not in json.dumps(entries)


def test_a_resource_server_is_made_replaced_and_deleted(idp: CommandLine) -> None:
    uri = "https://api.example.com"
    made = idp.ask("resource", "create", "--identifier", uri, "--scope", "read write", "--scope", "admin")
    again = idp.ask("resource", "create", "--identifier", uri, "--scope", "read", "--name", "Reports")

    assert made["scopes"] == ["read", "write", "admin"]
    assert [one["scopes"] for one in idp.ask("resource", "list")["items"]] == [again["scopes"]] == [["read"]]
    assert idp.ask("resource", "delete", uri)["deleted"] is True
    assert idp.refuse("resource", "delete", "--identifier", uri)["error"] == "not_found"
    assert idp.refuse("resource", "delete")["error"] == "usage"


@pytest.mark.parametrize("identifier", ["api", "https://api.example.com#x", "javascript:x", ""])
def test_a_resource_server_is_named_by_an_absolute_address(idp: CommandLine, identifier: str) -> None:
    """RFC 8707 §2."""
    assert idp.refuse("resource", "create", "--identifier", identifier)["error"] == "invalid_request"


def test_a_token_to_register_with_is_shown_once_and_can_be_taken_back(idp: CommandLine) -> None:
    """RFC 7591 §3."""
    made = idp.ask("client", "initial-token", "create", "--uses", "2", "--life", "1h", "--note", "CI")
    (listed,) = idp.ask("client", "initial-token", "list")["items"]

    assert len(made["initial_access_token"]) == 43
    assert {**listed, "initial_access_token": made["initial_access_token"]} == made
    assert (listed["note"], listed["uses_left"]) == ("CI", 2)
    assert idp.ask("client", "initial-token", "delete", listed["id"])["deleted"] is True
    assert idp.refuse("client", "initial-token", "delete", listed["id"])["error"] == "not_found"
    assert idp.refuse("client", "initial-token", "create", "--life", "0s")["error"] == "invalid_request"


def test_without_the_openid_provider_there_are_no_clients(idp: CommandLine) -> None:
    idp.config.write_text(idp.config.read_text() + "[oidc]\nenabled = false\n")

    refusal = idp.refuse("client", "list")

    assert (refusal["exit"], refusal["problems"][0]["key"]) == (2, "oidc.enabled")


def test_what_a_configuration_lacks_for_a_profile_is_told_line_by_line(idp: CommandLine) -> None:
    configured(idp)

    ran = idp.run("check", "--profile", "fapi2")

    assert ran.code == 1
    assert ran.json["ok"] is False
    assert ("shop", "token_endpoint_auth_method") in [(one["client"], one["setting"]) for one in ran.json["items"]]
    assert all(one["source"] and one["mend"] for one in ran.json["items"])


def test_nothing_lacking_is_nothing_to_say(idp: CommandLine) -> None:
    text = idp.config.read_text().replace("http://localhost:3100", "https://id.example.com")
    idp.config.write_text(text + "[oidc]\nprofile = 'oauth21'\n")

    assert idp.ask("check", "--profile", "oauth21") == {"ok": True, "profile": "oauth21", "items": []}


def test_what_a_client_lacks_is_told_wherever_it_comes_from(idp: CommandLine) -> None:
    configured(idp)
    create(idp)

    told = {name: idp.run("check", "--profile", "fapi2", "--client", name).json for name in ("shop", "app")}

    assert all("token_endpoint_auth_method" in {one["setting"] for one in found["items"]} for found in told.values())
    assert idp.refuse("check", "--profile", "fapi2", "--client", "nobody")["error"] == "not_found"
    assert idp.refuse("check", "--client", "app")["error"] == "usage"
