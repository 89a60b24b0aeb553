"""Names a trained model after everything that went into it."""

from __future__ import annotations

import hashlib
from pathlib import Path

INGREDIENTS = ("bot/components", "bot/policies", "bot/flows", "bot/details")


def fingerprint(config: Path, domain: Path, data: Path, root: Path = Path()) -> str:
    """Hash of configuration, domain, training data and components, 12 characters."""
    digest = hashlib.sha256()
    for file in _files(config, domain, data, *(root / folder for folder in INGREDIENTS)):
        digest.update(str(file).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def model_for(models: Path, mark: str) -> Path | None:
    """The model trained from exactly this, or none."""
    return next(iter(sorted(models.glob(f"*-{mark}.tar.gz"), reverse=True)), None)


def newest(models: Path) -> Path:
    """The model to serve: the one trained, or confirmed unchanged, last."""
    found = sorted(models.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
    if not found:
        raise FileNotFoundError(f"no model in {models}; run: python -m bot.train")
    return found[-1]


def _files(*places: Path) -> list[Path]:
    files: list[Path] = []
    for place in places:
        inside = place.rglob("*") if place.is_dir() else [place]
        files.extend(
            f for f in inside if f.suffix in {".yml", ".py", ".txt", ".safetensors"} and f.is_file()
        )
    return sorted(files)
