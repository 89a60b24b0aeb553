"""What every file of the project keeps to."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Paths of somebody's machine, and addresses of package registries or mirrors.
MACHINE = re.compile(r"(?<![\w.])/(?:root|work|home)/\w|file:///|https?://[\w.]*(?:pypi|npmjs)\.")
TEXT = {".py", ".md", ".yml", ".yaml", ".toml", ".txt", ".json", ".js", ".css", ".html", ".sh", ""}


def tracked() -> Iterator[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        if name and (ROOT / name).is_file() and Path(name).suffix in TEXT:
            yield ROOT / name


def modules() -> list[Path]:
    return [file for file in tracked() if file.suffix == ".py"]


def test_no_file_names_a_machine_or_registry() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in tracked()
        if (match := MACHINE.search(file.read_text(errors="replace"))) and file != Path(__file__)
    ]
    assert found == []


def test_no_module_is_longer_than_400_lines() -> None:
    long = [str(file) for file in modules() if len(file.read_text().splitlines()) > 400]
    assert long == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in modules()
        if file.read_text().strip() and not ast.get_docstring(ast.parse(file.read_text()))
    ]
    assert silent == []


@pytest.mark.parametrize("package", ["webhook", "bot", "actions", "simulator", "tests"])
def test_importing_a_package_does_nothing(package: str) -> None:
    for file in (ROOT / package).rglob("__init__.py"):
        body = ast.parse(file.read_text()).body
        assert all(isinstance(part, ast.Expr) for part in body), file
