"""`idp check`: all mistakes at once, and nothing made."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from idp.crypto.calibration import LEAST, calibrate
from idp.crypto.hash_formats import Argon2Cost
from tests.cli.command_line import CONFIG, CommandLine

BROKEN = """\
issuer = "http://id.example.com"
lokout.failed_attempts = 3
data = "."
[sessions]
access = "soon"
[keys]
master_key_file = "master.key"
[messages]
languages = ["en", "tlh"]
[jurisdictions.North]
flags = { singel_use_code = true }
[plugins.password]
[plugins.file]
direktory = "outbox"
[plugins.totp]
window_steps = 99
[plugins.nosuch]
"""


def fresh(tmp_path: Path, text: str = CONFIG) -> CommandLine:
    (tmp_path / "config.toml").write_text(text)
    return CommandLine(tmp_path)


def test_what_is_right_is_summed_up(idp: CommandLine) -> None:
    checked = idp.ask("check")

    assert checked["ok"] is True
    assert checked["plugins"] == ["password", "email_code", "sms_code", "totp", "single_use_code", "file"]
    assert checked["master_key"] == "found"
    assert checked["warnings"] == []


def test_of_whom_pkce_is_demanded_is_told(idp: CommandLine, tmp_path: Path) -> None:
    """ASVS 10.4.6."""
    assert idp.ask("check")["pkce"] == "of public clients, and where client or profile says so"

    for line in ("require_pkce = true", "profile = 'oauth21'"):
        assert fresh(tmp_path, f"{CONFIG}\n[oidc]\n{line}\n").ask("check")["pkce"] == "of every client"


def test_nothing_is_made(tmp_path: Path) -> None:
    idp = fresh(tmp_path)

    checked = idp.ask("check")

    assert checked["master_key"] == "made at the first start"
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_all_mistakes_are_told_at_once_each_with_key_reason_and_mend(tmp_path: Path) -> None:
    idp = fresh(tmp_path, BROKEN)
    (tmp_path / "master.key").write_text("short")
    (tmp_path / "master.key").chmod(0o600)

    refusal = idp.refuse("check")

    found = {problem["key"] for problem in refusal["problems"]}
    assert refusal["exit"] == 2
    assert found == {
        "issuer",
        "lokout",
        "sessions.access",
        "keys.master_key_file",
        "messages.templates",
        "plugins.file.direktory",
        "plugins.file.directory",
        "plugins.totp.window_steps",
        "plugins.nosuch",
    }
    assert all(problem["reason"] and problem["mend"] for problem in refusal["problems"])


def test_a_flag_that_nobody_defines_is_told(tmp_path: Path) -> None:
    idp = fresh(tmp_path, CONFIG.replace("single_use_code = true", "singel_use_code = true"))

    refusal = idp.refuse("check")

    assert [problem["key"] for problem in refusal["problems"]] == ['jurisdictions."Bay Area".flags.singel_use_code']


def test_an_operators_template_that_cannot_be_filled_in_is_told(tmp_path: Path) -> None:
    idp = fresh(tmp_path, CONFIG.replace('messages.languages = ["en"]', 'messages.templates = "own"'))
    (tmp_path / "own" / "en").mkdir(parents=True)
    (tmp_path / "own" / "en" / "mfa_code.txt").write_text("{{ nonsense }}")

    refusal = idp.refuse("check")

    assert [problem["key"] for problem in refusal["problems"]] == ["messages.templates"]
    assert "en/mfa_code.txt" in refusal["problems"][0]["reason"]


WITHOUT_SECOND_FACTORS = CONFIG.replace("[plugins.email_code]\n[plugins.sms_code]\n[plugins.totp]\n", "")
WITHOUT_SENDERS = """\
logging.level = "error"
[plugins.password]
"""


def test_a_second_factor_that_nobody_can_give_is_told_before_all_are_locked_out(tmp_path: Path) -> None:
    idp = fresh(tmp_path, WITHOUT_SECOND_FACTORS + "[flags]\nenableMfa = true\n[teams.Red.flags]\nmfa = true\n")

    for verb in (["check"], ["keys", "list"]):
        refusal = idp.refuse(*verb)
        assert [problem["key"] for problem in refusal["problems"]] == ["flags.enableMfa", "teams.Red.flags.mfa"]


def test_a_demand_that_an_enabled_factor_meets_is_right(tmp_path: Path) -> None:
    idp = fresh(tmp_path, WITHOUT_SECOND_FACTORS + "[plugins.totp]\n[flags]\nmfa = true\n")

    assert idp.ask("check")["ok"] is True


def test_bloom_without_anyone_to_carry_its_mails_is_told(tmp_path: Path) -> None:
    idp = fresh(tmp_path, WITHOUT_SENDERS)

    for verb in (["check"], ["keys", "list"]):
        (problem,) = idp.refuse(*verb)["problems"]
        assert problem["key"] == "plugins"
        assert "channel email" in problem["reason"]
        assert "smtp" in problem["mend"]


def test_a_sender_of_text_messages_alone_carries_no_mails(tmp_path: Path) -> None:
    idp = fresh(tmp_path, WITHOUT_SENDERS + "[plugins.console]\nchannels = ['sms']\n")

    assert [problem["key"] for problem in idp.refuse("check")["problems"]] == ["plugins"]


def test_nodeloom_alone_needs_nobody_to_carry_mails(tmp_path: Path) -> None:
    idp = fresh(tmp_path, WITHOUT_SENDERS + "[bloom]\nenabled = false\n")

    assert idp.ask("check")["ok"] is True


def test_codes_that_nobody_can_ask_for_are_told(tmp_path: Path) -> None:
    """POST /auth/request-mfa-code is Bloom's."""
    idp = fresh(tmp_path, CONFIG + "[bloom]\nenabled = false\n")

    problems = idp.refuse("check")["problems"]

    assert [problem["key"] for problem in problems] == ["plugins.email_code", "plugins.sms_code"]
    assert all("bloom.enabled = true" in problem["mend"] and "totp" in problem["mend"] for problem in problems)


def test_what_cannot_work_is_told_together(tmp_path: Path) -> None:
    text = """
    [nodeloom]
    cookie = "idp-device"
    [flags]
    mfa = true
    [jurisdictions."Bay/Area"]
    [[public_routes]]
    path = "/*"
    methods = ["GET"]
    [plugins.password]
    """
    problems = fresh(tmp_path, text).refuse("check")["problems"]

    assert {problem["key"] for problem in problems} == {
        "nodeloom.cookie",
        "flags.mfa",
        'jurisdictions."Bay/Area"',
        "public_routes[0].path",
        "plugins",
    }


def test_a_proxy_that_is_not_named_is_a_warning(tmp_path: Path) -> None:
    text = CONFIG.replace("http://localhost:3100", "https://id.example.com") + "[server]\nhost = '0.0.0.0'\n"

    checked = fresh(tmp_path, text).ask("check")

    assert checked["ok"] is True
    assert [warning.partition(":")[0] for warning in checked["warnings"]] == ["server.trusted_proxies"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    idp = fresh(tmp_path, CONFIG.replace("sqlite:///idp.db", "sqlite:///file/idp.db"))

    refusal = idp.refuse("check")

    assert [problem["key"] for problem in refusal["problems"]] == ["database.url"]


def test_toml_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    refusal = fresh(tmp_path, "issuer = \n").refuse("check")

    assert refusal["exit"] == 2
    assert "line 1" in refusal["problems"][0]["reason"]


def test_without_a_file_it_says_how_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    command = [sys.executable, "-m", "idp", "check"]

    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=_environment())

    assert ran.returncode == 2
    assert "config.example.toml" in ran.stderr


def test_a_terminal_gets_lines_and_never_a_stack_trace(tmp_path: Path) -> None:
    idp = fresh(tmp_path, BROKEN)
    process = idp.process("check")
    out, err = process.communicate()

    assert process.returncode == 2
    assert out == b""
    assert b"Traceback" not in err


@pytest.mark.alone
def test_it_takes_less_than_a_second_of_work(tmp_path: Path) -> None:
    """Of the processor's time, at best: other things may run on the machine, and the first run writes bytecode."""
    idp = fresh(tmp_path)
    command = [sys.executable, "-c", _TIMED, "--config", str(idp.config), "check"]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True, env=_environment()) for _ in range(3)]

    assert min(float(ran.stderr) for ran in runs) < 1.0


_TIMED = """
import sys, time
from idp.cli import main
try:
    main()
finally:
    sys.stderr.write(str(time.process_time()))
"""


def _environment() -> dict[str, str]:
    top = str(Path(__file__).parents[2])
    unset = {"PYTHONDONTWRITEBYTECODE", "IDP_CONFIG"}
    return {**{name: value for name, value in os.environ.items() if name not in unset}, "PYTHONPATH": top}


class TestCalibration:
    """`idp check --calibrate`."""

    def test_the_dearest_within_the_time_is_proposed(self) -> None:
        measured = calibrate(timedelta(milliseconds=100), lambda cost: timedelta(milliseconds=cost.memory_kib / 1000))

        assert measured[-1].cost == Argon2Cost(memory_kib=98_304, passes=2)

    def test_never_less_than_owasps_minimum(self) -> None:
        measured = calibrate(timedelta(milliseconds=10), lambda _: timedelta(seconds=9))

        assert [one.cost for one in measured] == [LEAST]
        assert (LEAST.memory_kib, LEAST.passes) == (19_456, 2)

    def test_memory_is_raised_before_passes(self) -> None:
        measured = calibrate(timedelta(seconds=1), lambda _: timedelta(milliseconds=1))

        memories = [one.cost.memory_kib for one in measured if one.cost.passes == 2]
        assert memories == sorted(memories)
        assert [one.cost.passes for one in measured[-2:]] == [3, 4]

    def test_what_it_proposes_can_be_written_into_the_configuration(self, tmp_path: Path) -> None:
        idp = fresh(tmp_path)

        hashing = idp.ask("check", "--calibrate", "--target", "10")["hashing"]
        idp.config.write_text(CONFIG + "[hashing]\n" + "\n".join(f"{key} = {value}" for key, value in hashing.items()))

        assert idp.ask("check")["ok"] is True
        assert hashing["memory_kib"] >= LEAST.memory_kib


def test_a_page_of_ones_own_that_would_break_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "login.html").write_text(
        '{% extends "ours/login.html" %}\n{% block besides %}x{% endblock %}'
    )
    idp = fresh(tmp_path, CONFIG + '\n[pages]\ntemplates = "pages"\n')

    refusal = idp.refuse("check")

    (problem,) = refusal["problems"]
    assert problem["key"] == "pages.templates"
    assert problem["reason"] == 'login.html, line 2: nothing that it extends has a block "besides"'
    assert problem["mend"] == 'Perhaps "beside" was meant.'
