"""Where the simulator refuses to start, and what it says."""

import os
import subprocess
import sys

import pytest

from simulator.settings import Settings, SettingsError


def run(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulator"],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("environment", ["production", "staging", "Development"])
def test_refuses_to_start_outside_development(environment: str) -> None:
    ended = run({"HELPLINE_ENV": environment})
    assert ended.returncode == 2
    assert ended.stderr.startswith("simulator: HELPLINE_ENV must be development or test")
    assert len(ended.stderr.splitlines()) == 1


def test_defaults_are_for_development_on_one_machine() -> None:
    settings = Settings.from_environment({})
    assert settings.port == 8010
    assert settings.helpline_number == "+447700900000"
    assert settings.webhook_url == "http://127.0.0.1:8000/twilio/sms"
    assert (settings.latency_ms, settings.opt_out) == (0, "advanced")
    assert settings.messaging_service_sid is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIMULATOR_PORT", "99999"),
        ("SIMULATOR_LATENCY_MS", "fast"),
        ("SIMULATOR_HELPLINE_NUMBER", "07700 900000"),
        ("SIMULATOR_WEBHOOK_URL", "localhost:8000"),
        ("SIMULATOR_OPT_OUT", "maybe"),
        ("TWILIO_ACCOUNT_SID", "AC1"),
        ("TWILIO_MESSAGING_SERVICE_SID", "AC" + "1" * 32),
    ],
)
def test_bad_setting_is_named_in_one_line(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({name: value})
