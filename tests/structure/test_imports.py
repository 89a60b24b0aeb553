"""The direction of imports is a contract, and a breach of it is caught."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def lint(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--config", config]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_imports_follow_the_contract() -> None:
    result = lint(ROOT, ROOT / "pyproject.toml")
    assert result.returncode == 0, result.stdout


def test_breach_of_the_layers_is_caught(tmp_path: Path) -> None:
    for name in ("webhook", "bench", "bot", "actions", "simulator"):
        for file in (ROOT / name).rglob("*.py"):
            copy = tmp_path / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    gate = tmp_path / "webhook" / "safety" / "gate.py"
    gate.write_text(gate.read_text() + "\nimport webhook.store.models\nimport sqlalchemy\n")
    result = lint(tmp_path, ROOT / "pyproject.toml")
    assert result.returncode == 1
    assert "2 broken" in result.stdout


def test_every_module_of_the_service_has_a_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c["layers"] for c in contracts["contracts"] if c["type"] == "layers")
    placed = {name for layer in layers for name in re.findall(r"\w+", layer)}
    found = {path.stem for path in (ROOT / "webhook").iterdir()} - {"__init__", "__pycache__"}
    assert found <= placed
