"""`idp plugins`."""

from pathlib import Path

from tests.cli.command_line import CONFIG, CommandLine


def test_what_is_installed_and_what_is_enabled_is_listed(idp: CommandLine) -> None:
    listed = {one["name"]: one for one in idp.ask("plugins", "list")["items"]}

    assert (listed["totp"]["state"], listed["totp"]["points"]) == ("enabled", ["Enrollable"])
    assert (listed["smtp"]["state"], listed["smtp"]["points"]) == ("installed", None)
    assert listed["totp"]["package"] == "idp"


def test_why_one_is_not_loaded_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG + '[plugins.nosuch]\n[plugins.smtp]\nhots = "a"\n')
    idp = CommandLine(tmp_path)

    listed = {one["name"]: one for one in idp.ask("plugins", "list")["items"]}

    assert listed["nosuch"]["state"] == "refused"
    assert "provided by no installed package" in listed["nosuch"]["why"][0]
    assert listed["smtp"]["state"] == "refused"
    assert any("plugins.smtp.hots" in why for why in listed["smtp"]["why"])
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_one_is_shown_with_its_settings_and_their_meanings(idp: CommandLine) -> None:
    shown = idp.ask("plugins", "show", "smtp")

    settings = {one["key"]: one for one in shown["settings"]}
    assert shown["points"] == ["Sender"]
    assert shown["claims"] == ["channel email"]
    assert settings["password"]["secret"] is True
    assert all(one["description"] for one in shown["settings"])


def test_one_that_nobody_provides_is_refused_with_the_nearest_name(idp: CommandLine) -> None:
    refusal = idp.refuse("plugins", "show", "smpt")

    assert refusal["exit"] == 2
    assert "did you mean smtp?" in refusal["message"]


def test_check_makes_each_as_a_start_would(idp: CommandLine, tmp_path: Path) -> None:
    good = idp.ask("plugins", "check")
    idp.config.write_text(CONFIG.replace('directory = "outbox"', ""))
    bad = idp.refuse("plugins", "check")

    assert good["ok"] is True
    assert bad["exit"] == 2
    assert "plugins.file.directory" in {problem["key"] for problem in bad["problems"]}
