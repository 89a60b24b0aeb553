"""`helpline up`: what stops it says so in one line, and texts are taken in before Rasa loads."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.webhook.cli.running import helpline, is_gone, running, until
from webhook.commands.supervisor.environment import for_children, make_plan
from webhook.commands.supervisor.probes import free_port
from webhook.commands.supervisor.programs import EmbeddedValkey, assistant, simulator
from webhook.core.errors import SettingsError
from webhook.settings import DEFAULT_SECRET, Settings


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An installation of its own: free ports, its own data folder, no trained assistant."""
    return {
        "HELPLINE_DATA": str(tmp_path / "data"),
        "HELPLINE_MODELS": str(tmp_path / "models"),
        "HELPLINE_PORT": str(free_port()),
        "SIMULATOR_PORT": str(free_port()),
        "HELPLINE_RASA_URL": f"http://127.0.0.1:{free_port()}",
        "HELPLINE_ACTIONS_PORT": str(free_port()),
    }


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("HELPLINE_PORT", "web"),
        ("SIMULATOR_PORT", "simulator"),
        ("HELPLINE_ACTIONS_PORT", "actions"),
    ],
)
def test_taken_port_is_one_line_with_what_to_do(
    environment: dict[str, str], taken: int, name: str, part: str
) -> None:
    result = helpline("up", environment=environment | {name: str(taken)})
    assert result.returncode == 1
    assert result.stderr == (
        f"helpline: port {taken} ({part}) is taken: stop what uses it or set {name} to a free one\n"
    )


def test_one_port_for_two_parts_is_refused(environment: dict[str, str]) -> None:
    same = {"SIMULATOR_PORT": environment["HELPLINE_PORT"]}
    result = helpline("up", environment=environment | same)
    assert result.returncode == 1
    assert "is given to both web and simulator: set SIMULATOR_PORT" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HELPLINE_PORT", "eighty"),
        ("SIMULATOR_PORT", "99999"),
        ("HELPLINE_PUBLIC_URL", "example.org"),
        ("HELPLINE_ENV", "production"),
        ("HELPLINE_HOST", "192.0.2.1"),
    ],
)
def test_bad_setting_is_one_line_that_names_it(
    environment: dict[str, str], name: str, value: str
) -> None:
    result = helpline("up", environment=environment | {name: value})
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    named = "HELPLINE_SECRET_KEY" if value == "production" else name
    assert result.stderr.startswith(f"helpline: {named}: ")


def test_data_folder_that_cannot_be_is_one_line(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    environment["HELPLINE_DATA"] = str(tmp_path / "file" / "data")
    result = helpline("up", environment=environment)
    assert result.returncode == 1
    assert result.stderr.startswith("helpline: HELPLINE_DATA: ")
    assert "cannot be used (Not a directory)" in result.stderr


def test_unreachable_database_is_one_line_and_ends(environment: dict[str, str]) -> None:
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    result = helpline("up", environment=environment | {"HELPLINE_DATABASE_URL": nowhere})
    assert result.returncode == 1
    assert result.stderr.startswith("helpline: HELPLINE_DATABASE_URL: the database cannot be used")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.slow
def test_p2_danger_is_answered_without_an_assistant(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with running("webhook.cli", "up", environment=environment, output=tmp_path / "shown") as up:
        until(lambda: "No trained assistant" in (tmp_path / "shown").read_text())
        said = helpline(
            "sms", "+447700900123", "he's outside with a hammer", environment=environment
        )
        second = helpline("up", environment=environment)
        children = _children(up.pid)
        up.send_signal(signal.SIGINT)
        assert up.wait(30) == 0
    first = json.loads(said.stdout.splitlines()[0])
    assert "999" in first["text"]
    assert "55" in first["text"]
    assert first["segments"] <= 2
    assert "a helpline is already running on" in second.stderr
    assert len(children) == 4
    assert all(is_gone(child) for child in children)


def test_children_of_the_assistant_get_no_keys(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data=tmp_path)
    plan = make_plan(settings, {})
    keys = {"HELPLINE_SECRET_KEY": DEFAULT_SECRET, "HELPLINE_OIDC_CLIENT_SECRET": "theirs"}
    given = for_children(settings, keys, plan, "redis://x")
    theirs = assistant(plan, given).environment
    assert not [name for name in theirs if name.startswith("TWILIO_") or "SECRET" in name]
    assert theirs["HELPLINE_BOT_TOKEN"] == settings.assistant_token
    assert not keys.keys() & simulator(plan, given).environment.keys()


def test_simulator_runs_in_development_without_a_carrier_only() -> None:
    def simulated(**changed: object) -> bool:
        return make_plan(Settings(_env_file=None, **changed), {}).simulator > 0

    assert simulated()
    assert not simulated(env="test")
    assert not simulated(twilio_api_url="https://api.twilio.com")


def test_assistant_elsewhere_is_not_started_here() -> None:
    plan = make_plan(Settings(_env_file=None, rasa_url="http://rasa.internal:5005"), {})
    assert (plan.rasa, plan.actions) == (0, 0)


def test_p7_embedded_valkey_keeps_nothing_on_disk(tmp_path: Path) -> None:
    program = EmbeddedValkey(6379, "hush", tmp_path).program()
    assert b'save ""' in program.given
    assert b"appendonly no" in program.given
    assert b"bind 127.0.0.1\n" in program.given
    assert "hush" not in repr(program) + " ".join(program.argv)


def test_port_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="SIMULATOR_PORT: must be a port"):
        make_plan(Settings(_env_file=None), {"SIMULATOR_PORT": "0"})


def _children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in found]
