"""`python -m bench`: the helpline and stock Rasa side by side, against a carrier with 120 ms.

Both serve the same trained model on this machine and are measured one after the other while both
are loaded: phones that text again as soon as they are answered tell the rate that is sustained, an
even stream below it the latencies. It takes less than seven minutes and prints a table.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

import yaml

from bench.figures import Figures, acknowledgements, rate_of, sends, table
from bench.hub import console
from bench.load import Gun, Shot, numbers, open_session
from bench.processes import cpu_seconds, memory
from bench.sides import LATENCY_MS, Side, helpline, stock
from bench.texts import texts

PHONES = 32
ASKED_RATE = 50.0
_BELOW = 0.8  # of the sustained rate, where that does not reach the one asked for
_PRESS_SECONDS = 15.0
_STREAM_SECONDS = 12.0
_LONGEST_SECONDS = 420
_FIXED = Path("webhook/safety/replies.yml")


def main() -> int:
    """Print the table; 1 when there is no trained model or it takes too long."""
    argparse.ArgumentParser(prog="python -m bench", description=__doc__).parse_args()
    models = sorted(
        Path(os.environ.get("HELPLINE_MODELS") or "models").glob("*.tar.gz"),
        key=lambda file: file.stat().st_mtime,
    )
    if not models:
        sys.stderr.write('bench: no trained assistant: run "make train"\n')
        return 1
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(_LONGEST_SECONDS)
    with tempfile.TemporaryDirectory(prefix="bench") as made:
        print(asyncio.run(_measure(Path(made), models[-1])))
    return 0


def _stop(number: int, _: FrameType | None) -> None:
    """End as Ctrl-C does, so that everything that was started is stopped."""
    if number == signal.SIGALRM:
        sys.exit(f"bench: not done after {_LONGEST_SECONDS} s: the machine is too busy to tell")
    sys.exit(1)


async def _measure(folder: Path, newest: Path) -> str:
    for name in ("helpline", "stock", "models", "console"):
        (folder / name).mkdir()
    model = folder / "models" / newest.name
    shutil.copy(newest, model)  # Both keep the same one, whatever is trained meanwhile.
    _say("Starting the helpline …")
    with helpline(folder / "helpline", folder / "models") as ours:
        _say("Starting stock Rasa …")
        with stock(folder / "stock", model) as theirs:
            figures = [await _figures(side) for side in (ours, theirs)]
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    about = (
        f"{os.cpu_count()} processors (load {load}); the carrier's API takes {LATENCY_MS} ms; "
        f"{PHONES} phones; model {newest.name}"
    )
    _say("Starting the console …")
    shown = await console(folder / "console")
    return f"\n{table(*figures)}\n\n{shown}\n\n{about}"


async def _figures(side: Side) -> Figures:
    phones, words = numbers(), texts(seed=1)
    async with open_session() as session:
        gun = Gun(side, session)
        await gun.stream(phones, words, 3.0, 3.0)  # Warms it up.
        _say(f"{side.name}: {PHONES} phones for {_PRESS_SECONDS:g} s …")
        before = cpu_seconds(*side.leaders)
        pressed = await gun.press(phones, words, PHONES, _PRESS_SECONDS)
        used = cpu_seconds(*side.leaders)
        fixed = _fixed_replies()
        sustained = rate_of([s for s in pressed if s.reply not in fixed], _PRESS_SECONDS)
        pace = ASKED_RATE if sustained > ASKED_RATE else max(1.0, sustained * _BELOW)
        _say(f"{side.name}: {pace:.1f} a second for {_STREAM_SECONDS:g} s …")
        streamed = await gun.stream(phones, words, pace, _STREAM_SECONDS)
    every: list[Shot] = [*pressed, *streamed]
    return Figures(
        name=side.name,
        sustained=sustained,
        paced=pace,
        acknowledged=acknowledgements(streamed),
        sent=sends(streamed),
        asked=len(every),
        unanswered=sum(shot.sent is None for shot in every),
        fixed=sum(shot.reply in fixed for shot in every),
        memory=memory(*side.leaders),
        cpu={
            name: (seconds - before.get(name, 0.0)) * 1000 / max(1, len(pressed))
            for name, seconds in used.items()
        },
    )


def _fixed_replies() -> frozenset[str]:
    """What is answered without the assistant when that is away or too slow."""
    replies = yaml.safe_load(_FIXED.read_text())["replies"]
    return frozenset(replies["fallback"]["sms"])


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
