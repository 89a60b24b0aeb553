"""`python -m bot.train`: train the assistant, unless nothing that it learns from has changed."""

from __future__ import annotations

import argparse
import io
import logging
import sys
import time
import traceback
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime, timezone
from pathlib import Path

from bot.environment import prepare
from bot.fingerprint import fingerprint, model_for

KEEP_MODELS = 2
LAST_WORDS = 3000  # characters


def main(argv: list[str] | None = None) -> int:
    """Train if needed; 1 when training failed."""
    options = _options(argv)
    config, domain, data = Path(options.config), Path(options.domain), Path(options.data)
    models = Path(options.models)
    mark = fingerprint(config, domain, data)
    ready = model_for(models, mark)
    if ready and not options.force:
        ready.touch()
        _say("up to date", 0.0, ready.name)
        return 0
    prepare(threads=2)
    started = time.monotonic()
    _say("loading Rasa", 0.0)
    chatter = io.StringIO()
    with redirect_stdout(chatter), redirect_stderr(chatter):
        try:
            made = _train(config, domain, data, models, mark, started)
        except Exception:
            # The edge of the command: the trace goes where Rasa's own messages go.
            traceback.print_exc()
            made = None
    if made is None:
        # What Rasa said is about our own files; the cause is in its last words.
        sys.stderr.write(chatter.getvalue()[-LAST_WORDS:])
        _say("failed", time.monotonic() - started)
        return 1
    _drop_old(models)
    _say("done", time.monotonic() - started, made.name)
    return 0


def _train(
    config: Path, domain: Path, data: Path, models: Path, mark: str, started: float
) -> Path | None:
    # Rasa takes seconds to import and reads the environment as it does.
    from rasa.model_training import train

    _report_progress(started)
    now = datetime.now(timezone.utc)
    result = train(
        domain=str(domain),
        config=str(config),
        training_files=[str(data)],
        output=str(models),
        fixed_model_name=f"{now:%Y%m%d-%H%M%S}-{mark}",
        force_training=True,
    )
    return Path(result.model) if result.model and result.code == 0 else None


def _report_progress(started: float) -> None:
    logger = logging.getLogger("bot")
    logger.handlers, logger.propagate = [_Progress(started)], False
    logger.setLevel(logging.INFO)


class _Progress(logging.Handler):
    """Turns the stages that our components log into lines for a person."""

    def __init__(self, started: float) -> None:
        super().__init__()
        self._started = started

    def emit(self, record: logging.LogRecord) -> None:
        _say(getattr(record, "stage", record.msg), time.monotonic() - self._started)


def _say(stage: str, seconds: float, detail: str = "") -> None:
    # Rasa's own output is set aside while it trains, so this names the real one.
    out = sys.__stdout__ or sys.stdout
    out.write(f"train {seconds:6.1f} s  {stage}{' ' + detail if detail else ''}\n")
    out.flush()


def _drop_old(models: Path) -> None:
    by_age = sorted(models.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
    for old in by_age[:-KEEP_MODELS]:
        old.unlink()


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.train", description=__doc__)
    parser.add_argument("--config", default="bot/config.yml")
    parser.add_argument("--domain", default="bot/domain")
    parser.add_argument("--data", default="nlu_data")
    parser.add_argument("--models", default="models")
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
