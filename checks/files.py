"""Where the reviewed words stand, for the checks that read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

RESPONSES = Path("bot/domain/responses")
FIXED = Path("webhook/safety/replies.yml")


def load(path: Path) -> dict[str, Any]:
    """One data file."""
    text = path.read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded
