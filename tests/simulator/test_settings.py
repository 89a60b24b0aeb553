"""Where the simulator refuses to start, and what it says."""

import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from simulator.server import listen
from simulator.settings import Settings, SettingsError
from tests.simulator.carrier import PHONE
from tests.simulator.servers import until


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


def test_taken_port_ends_with_one_line() -> None:
    with listen(0) as taken:
        taken.listen()
        ended = run({"SIMULATOR_PORT": str(taken.getsockname()[1])})
    assert ended.returncode == 2
    assert ended.stderr.endswith("is taken. Free it or set SIMULATOR_PORT.\n")
    assert len(ended.stderr.splitlines()) == 1


def test_interrupt_ends_it_quietly_with_a_stream_open() -> None:
    with listen(0) as probe:
        port = probe.getsockname()[1]
    started = subprocess.Popen(
        [sys.executable, "-m", "simulator"],
        env={"PATH": os.environ["PATH"], "SIMULATOR_PORT": str(port)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: answers(port))
        address = f"http://127.0.0.1:{port}/simulator/phones/{PHONE}/events"
        with httpx.stream("GET", address) as stream:
            next(stream.iter_lines())
            started.send_signal(signal.SIGINT)
            _, said = started.communicate(timeout=60)
    finally:
        started.kill()
    assert (started.returncode, said) == (0, "")


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
