"""A real assistant for tests: trained on a few of our own examples, served with a real Valkey."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.assistant import BOT_PYTHON, Assistant, Valkey, small_data


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model trained on the first examples of every intent."""
    if not BOT_PYTHON.exists():
        pytest.skip("the assistant's environment is not installed")
    root = tmp_path_factory.mktemp("assistant")
    small_data(root / "data")
    subprocess.run(
        [BOT_PYTHON, "-m", "bot.train", "--data", root / "data", "--models", root / "models"],
        check=True,
        capture_output=True,
        timeout=240,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    return root / "models"


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
