"""A real assistant for tests: trained on a few of our own examples, served with a real Valkey."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.assistant import BOT_PYTHON, Assistant, Valkey, small_data


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model trained on the first examples of every intent, once in a run."""
    if not BOT_PYTHON.exists():
        pytest.skip("the assistant's environment is not installed")
    # The folder above is the one that all processes of a run share.
    apart = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if apart else base) / "assistant"
    root.mkdir(exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "data").exists():
            _train(root)
    return root / "models"


def _train(root: Path) -> None:
    small_data(root / "making")
    subprocess.run(
        [BOT_PYTHON, "-m", "bot.train", "--data", root / "making", "--models", root / "models"],
        check=True,
        capture_output=True,
        timeout=900,  # patience for slow machines, no measure of speed
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    (root / "making").rename(root / "data")


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    """A Valkey of its own for each module, on a port that is free."""
    with Valkey() as server:
        yield server


@pytest.fixture(scope="module")
def assistant(
    small_model: Path, valkey: Valkey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """The assistant serving the small model, at the noisiest log level that can be set."""
    log = tmp_path_factory.mktemp("log") / "assistant.log"
    with Assistant(small_model, valkey.url, log) as running:
        yield running
