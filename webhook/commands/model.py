"""The assistant's model as a child process: one line in, one line out, in order."""

from __future__ import annotations

import contextlib
import json
import subprocess
from typing import Any

from webhook.commands.supervisor.environment import given
from webhook.commands.supervisor.programs import BOT_PYTHON, newest_model


class Model:
    """Asks the model; once it fails it stays silent, and `problem` says what to do."""

    def __init__(self, command: tuple[str, ...] | None, problem: str = "") -> None:
        self.problem = problem
        self._process: subprocess.Popen[str] | None = None
        if command is not None:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=given(),
                encoding="utf-8",
                bufsize=1,
            )

    @classmethod
    def start(cls) -> Model:
        """The trained model; without one, a model that says nothing."""
        if not BOT_PYTHON.exists():
            return cls(None, 'the assistant is not set up: run "make setup"')
        if newest_model(given()) is None:
            return cls(None, 'the assistant is not trained: run "make train"')
        return cls((str(BOT_PYTHON), "-m", "bot.classify"))

    def ask(self, text: str) -> None:
        """Give it the next message; never waits for the answer."""
        if self._process is None or self._process.stdin is None:
            return
        try:
            self._process.stdin.write(json.dumps({"id": "", "text": text, "channel": "sms"}) + "\n")
        except OSError:
            self._fail()

    def next(self) -> dict[str, Any] | None:
        """The answer to the oldest message without one; None when the model is away."""
        if self.problem or self._process is None or self._process.stdout is None:
            return None
        try:
            answer = json.loads(self._process.stdout.readline())
        except ValueError:  # Nothing more comes, or not an answer.
            self._fail()
            return None
        return answer if isinstance(answer, dict) else None

    def close(self) -> None:
        """Let it end."""
        if self._process is None:
            return
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # Closing flushes, and it may have ended.
                if pipe is not None:
                    pipe.close()
        self._process.wait()

    def _fail(self) -> None:
        self.problem = 'the model ended early: run "make train", then try again'
