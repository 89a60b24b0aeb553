"""`docs/promises.md` names every promise, and the tests it names exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text()
NAMED = re.compile(r"test_p\d+_\w+")


def test_all_twelve_promises_are_on_the_page() -> None:
    assert re.findall(r"^## P(\d+)$", PAGE, re.MULTILINE) == [str(n) for n in range(1, 13)]


def test_every_test_on_the_page_exists() -> None:
    for block in PAGE.split("\n- `")[1:]:
        file, _, names = block.partition("`")
        code = (ROOT / file).read_text()
        for name in NAMED.findall(names.split("\n## ")[0]):
            assert f"def {name}(" in code, f"{file}::{name}"


def test_no_promise_has_tests_the_page_leaves_out() -> None:
    held = {
        name.split("_")[1]
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in NAMED.findall(file.read_text())
    }
    shown = {name.split("_")[1] for name in NAMED.findall(PAGE)}
    assert held <= shown
