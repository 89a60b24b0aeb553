"""The small commands: what they print, and how they end."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.webhook.cli.running import ROOT, helpline, running, until
from webhook.cli import COMMANDS
from webhook.commands.checkup import checkup
from webhook.commands.supervisor.probes import free_port
from webhook.store.migrate import upgrade

LIVE = {
    "HELPLINE_ENV": "production",
    "HELPLINE_SECRET_KEY": "k" * 32,
    "HELPLINE_PUBLIC_URL": "https://helpline.example",
    "HELPLINE_FALLBACK_URL": "https://fallback.example",
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "a-token-of-ours",
    "TWILIO_MESSAGING_SERVICE_SID": "MG" + "1" * 32,
}


def blocking(monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], where: Path) -> set[str]:
    for name, value in (LIVE | {"HELPLINE_DATA": str(where / "data")} | changed).items():
        monkeypatch.setenv(name, value)
    return {f.name for f in checkup({"HELPLINE_MODELS": str(where)}) if f.blocks}


def test_every_command_is_there_and_says_what_it_does() -> None:
    for name in COMMANDS:
        assert helpline(name, "--help").returncode == 0
    assert helpline("dance").returncode == 2


def test_doctor_blocks_a_default_installation() -> None:
    result = helpline("doctor", "--json")
    report = json.loads(result.stdout)
    found = {each["name"] for each in report["findings"] if each["blocks"]}
    assert result.returncode == 1
    assert not report["ready"]
    assert {"environment", "secret", "Twilio", "sender", "public address"} <= found
    assert {"fallback address"} <= found


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("HELPLINE_FALLBACK_URL", "", "fallback address"),
        ("HELPLINE_RETAIN_HOURS", "0", "retention"),
        ("TWILIO_API_URL", "http://127.0.0.1:8010", "carrier"),
        ("HELPLINE_SECRET_KEY", "short", "settings"),
        ("HELPLINE_ENV", "development", "environment"),
    ],
)
def test_doctor_names_each_missing_thing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, finding: str
) -> None:
    assert finding not in blocking(monkeypatch, {}, tmp_path)
    assert finding in blocking(monkeypatch, {name: value}, tmp_path)


def test_doctor_names_languages_on_without_review(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "translations" not in blocking(monkeypatch, {}, tmp_path)
    monkeypatch.setenv("HELPLINE_TRANSLATIONS", "pl,ar")
    found = [f for f in checkup({"HELPLINE_MODELS": str(tmp_path)}) if f.name == "translations"]
    assert [f.what.split()[0] for f in found if f.blocks] == ["pl", "ar"]


def test_doctor_warns_of_a_provider_that_is_set_in_part(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def said() -> list[str]:
        findings = checkup({"HELPLINE_MODELS": str(tmp_path)})
        return [f.what for f in findings if f.name == "sign-in provider" and not f.blocks]

    assert said() == []
    monkeypatch.setenv("HELPLINE_OIDC_ISSUER", "https://sign-in.example")
    assert "set HELPLINE_OIDC_CLIENT_ID and HELPLINE_OIDC_CLIENT_SECRET too" in said()[0]
    monkeypatch.setenv("HELPLINE_OIDC_CLIENT_ID", "hub")
    monkeypatch.setenv("HELPLINE_OIDC_CLIENT_SECRET", "secret")
    assert said() == []
    monkeypatch.setenv("HELPLINE_OIDC_SECOND_FACTOR", "true")
    assert "asks everybody" in said()[0]


def test_doctor_asks_for_a_model_newer_than_its_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "assistant" in blocking(monkeypatch, {}, tmp_path)
    (tmp_path / "20260101-000000-abc.tar.gz").write_bytes(b"")
    assert "assistant" not in blocking(monkeypatch, {}, tmp_path)


def test_doctor_counts_services_nobody_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "webhook" / "directory"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    (folder / "area.yml").write_text("- {name: One, last_checked: 2026-01-01}\n")
    assert "services" not in blocking(monkeypatch, {}, tmp_path)
    (folder / "area.yml").write_text("services:\n  - {name: Two, last_checked: null}\n")
    assert "services" in blocking(monkeypatch, {}, tmp_path)


def test_sms_without_a_simulator_says_what_to_do() -> None:
    result = helpline(
        "sms", "+447700900123", "hi", environment={"SIMULATOR_PORT": str(free_port())}
    )
    assert result.returncode == 3
    assert 'start the helpline with "make run"' in result.stderr
    assert result.stdout == ""


def test_sms_that_is_not_taken_is_said(tmp_path: Path) -> None:
    environment = {
        "SIMULATOR_PORT": str(free_port()),
        "SIMULATOR_WEBHOOK_URL": f"http://127.0.0.1:{free_port()}/twilio/sms#rc=0",
    }
    with running("simulator", environment=environment, output=tmp_path / "shown"):

        def attempt() -> str:
            return helpline("sms", "+447700900123", "hi", environment=environment).stderr

        assert "did not take the text" in until(lambda: _unless_starting(attempt()))
        assert (
            "not a telephone number" in helpline("sms", "x", "hi", environment=environment).stderr
        )


def test_purge_and_rotate_keys_say_how_much(tmp_path: Path) -> None:
    environment = {"HELPLINE_DATA": str(tmp_path), "HELPLINE_SECRET_KEY": "new,old"}
    database = f"sqlite:///{tmp_path / 'helpline.sqlite3'}"
    upgrade(database)
    assert helpline("purge", environment=environment).stdout == (
        "closed 0, deleted 0\nforgot 0 audit entries, 0 sessions and 0 links\n"
    )
    assert helpline("rotate-keys", environment=environment).stdout == "0 keys wrapped anew\n"


def test_script_at_the_root_runs_from_anywhere(tmp_path: Path) -> None:
    command = [str(ROOT / "helpline"), "--help"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0
    assert "usage: helpline" in result.stdout


def _unless_starting(said: str) -> str:
    return "" if "no simulator answers" in said else said
