"""`python -m bot.evaluation`: measure understanding and write reports/understanding.{html,json}.

Held-out voices come from the training data; each file given with `--set` (JSON lines) is read by a
model trained on all of it. `--keep-curve` writes bot/evaluation/curve.json, which the thresholds of
bot/config.yml were chosen from.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from bot.environment import prepare

DEFAULT_SET: Final = Path("tests/evaluation/messages.jsonl")
CURVE: Final = Path(__file__).with_name("curve.json")


def main(argv: list[str] | None = None) -> int:
    """Measure, write and print the main figures."""
    options = _options(argv)
    prepare(threads=2)
    from bot.evaluation.measuring import measure_all
    from bot.evaluation.report import page

    report = measure_all(Path(options.data), _sets(options.set), Path("bot/config.yml"))
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "understanding.json").write_text(json.dumps(report, indent=1, ensure_ascii=False))
    (out / "understanding.html").write_text(page(report))
    if options.keep_curve:
        CURVE.write_text(json.dumps(_kept(report), indent=1) + "\n")
    _print(report, out)
    return 0


def _sets(named: list[str]) -> dict[str, Path]:
    paths = [Path(name) for name in named] or [DEFAULT_SET]
    return {f"{path.parent.name}/{path.stem}": path for path in paths if path.exists()}


def _kept(report: dict[str, Any]) -> dict[str, Any]:
    unseen = report["sections"][0]
    about = (
        "Recall and false raises of gate and model together on held-out voices, at each threshold "
        "of P(urgent or emergency) and P(emergency); bot/config.yml names the points chosen."
    )
    return {"about": about, "thresholds": report["thresholds"], "points": unseen["curve"]}


def _print(report: dict[str, Any], out: Path) -> None:
    for section in report["sections"]:
        sys.stdout.write(f"{section['name']}\n")
        for name, value in section["figures"].items():
            sys.stdout.write(f"  {name:24} {value:.3f}\n")
    sys.stdout.write(f"latency {report['latency']}\nwritten to {out}\n")


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.evaluation", description=__doc__)
    parser.add_argument("--set", action="append", default=[], help="a fixed set to measure on too")
    parser.add_argument("--data", default="nlu_data/nlu", help="a folder of training data")
    parser.add_argument("--out", default="reports")
    parser.add_argument("--keep-curve", action="store_true", help="write curve.json anew")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
